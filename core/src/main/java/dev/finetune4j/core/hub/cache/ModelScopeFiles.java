package dev.finetune4j.core.hub.cache;

import dev.finetune4j.core.error.HubException;
import dev.finetune4j.core.error.HubException.Kind;
import dev.finetune4j.core.hub.cache.CachedHub.Place;
import dev.finetune4j.core.hub.http.Failures;
import dev.finetune4j.core.hub.http.Retries;
import dev.finetune4j.core.hub.http.Transfer;
import dev.finetune4j.core.hub.repo.FileSelection;
import dev.finetune4j.core.hub.repo.RepoFile;
import dev.finetune4j.core.hub.repo.RepoListing;
import dev.finetune4j.core.hub.repo.RepoPath;
import dev.finetune4j.core.hub.repo.TransferListener;
import dev.finetune4j.core.weights.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files of ModelScope by way of its cache layout. A revision is listed once in the life of an object; files that are there
 * and are what is listed cost nothing more. Where the hub does not answer, what is there is used, with a warning.
 */
public final class ModelScopeFiles implements RepoFiles {
    private static final Logger log = LoggerFactory.getLogger(ModelScopeFiles.class);

    private final ModelScopeRemote remote;
    private final Place place;
    private final ModelScopeCache cache;
    private final Retries retries;
    private final Transfer transfer;
    private final Map<RepoPath, RepoListing> listings = new ConcurrentHashMap<>();

    public ModelScopeFiles(ModelScopeRemote remote, Place place, Retries retries, TransferListener listener) {
        this.remote = remote;
        this.place = place;
        this.cache = new ModelScopeCache(place.root());
        this.retries = retries;
        this.transfer = new Transfer(remote.client(), retries, listener);
    }

    /** A file, fetched if need be. */
    @Override
    public Path file(RepoPath asked) {
        RepoPath wanted = named(asked);
        try {
            Path target = cache.folder(wanted).resolve(wanted.path());
            Optional<RepoListing> listing = listing(wanted, Files.isRegularFile(target));
            if (listing.isEmpty()) {
                return target;
            }
            RepoFile file = listing.get().files().stream()
                    .filter(listed -> listed.path().equals(wanted.path()))
                    .findFirst()
                    .orElseThrow(() -> wanted.failure(Kind.FILE_NOT_FOUND, "The revision holds no such file."));
            return present(wanted, file, target);
        } catch (IOException e) {
            throw Failures.disk(wanted, place.root(), e);
        }
    }

    /** All wanted files of a revision; the folder that holds them under their names. */
    @Override
    public Path snapshot(RepoPath asked, FileSelection selection) {
        RepoPath whole = named(asked);
        try {
            Path folder = cache.folder(whole);
            Optional<RepoListing> listing = listing(whole, Files.isDirectory(folder));
            return listing.isEmpty() ? folder : snapshot(whole, listing.get(), selection);
        } catch (IOException e) {
            throw Failures.disk(whole, place.root(), e);
        }
    }

    /** All wanted files of a listing; the folder that holds them under their names. */
    @Override
    public Path snapshot(RepoPath asked, RepoListing listing, FileSelection selection) {
        RepoPath whole = named(asked);
        try {
            Path folder = cache.folder(whole);
            List<Runnable> transfers = new ArrayList<>();
            for (RepoFile file : listing.selected(selection)) {
                RepoPath wanted = whole.at(file.path());
                transfers.add(() -> fetchListed(wanted, file, folder.resolve(file.path())));
            }
            if (transfers.isEmpty()) {
                throw whole.failure(
                        Kind.FILE_NOT_FOUND,
                        "None of its " + listing.files().size() + " files is one of those that are needed here.");
            }
            SideBySide.run(place.workers(), transfers);
            return folder;
        } catch (IOException e) {
            throw Failures.disk(whole, place.root(), e);
        }
    }

    /** All files that a revision holds, by the hub or, where it cannot be asked, by the cache. */
    @Override
    public RepoListing files(RepoPath asked) {
        RepoPath whole = named(asked);
        try {
            Optional<RepoListing> kept = Folders.listing(cache.folder(whole), whole.revision(), whole.revision());
            return listing(whole, kept.isPresent()).or(() -> kept).orElseThrow();
        } catch (IOException e) {
            throw Failures.disk(whole, place.root(), e);
        }
    }

    /** Hugging Face's default branch means ModelScope's. */
    private static RepoPath named(RepoPath asked) {
        return asked.revision().equals("main") ? asked.on(ModelScopeCache.DEFAULT_REVISION) : asked;
    }

    /**
     * What the hub lists; empty where the cache must do.
     *
     * @param kept whether the cache holds what is wanted, as far as can be said without the hub
     */
    private Optional<RepoListing> listing(RepoPath wanted, boolean kept) {
        RepoPath whole = wanted.whole();
        if (place.offline()) {
            if (kept) {
                return Optional.empty();
            }
            throw offline(wanted);
        }
        try {
            return Optional.of(listings.computeIfAbsent(whole, missing -> ask(kept, missing)));
        } catch (HubException e) {
            boolean gone = e.kind() == Kind.REPO_NOT_FOUND || e.kind() == Kind.INTERRUPTED;
            if (!kept || gone) {
                throw e;
            }
            log.warn("{} The cached files are used, which may be neither the newest nor all.", e.getMessage());
            return Optional.empty();
        }
    }

    private HubException offline(RepoPath wanted) {
        return wanted.failure(
                Kind.OFFLINE,
                "It is not in the cache at " + place.root() + ", and the hub is not to be asked (HF_HUB_OFFLINE or"
                        + " TRANSFORMERS_OFFLINE is set).");
    }

    private RepoListing ask(boolean impatient, RepoPath whole) {
        try {
            return (impatient ? retries.once() : retries).run(whole.toString(), () -> remote.listing(whole));
        } catch (IOException e) {
            throw Failures.network(whole, remote.endpoint(), e);
        }
    }

    private void fetchListed(RepoPath wanted, RepoFile file, Path target) {
        try {
            present(wanted, file, target);
        } catch (IOException e) {
            throw Failures.disk(wanted, target, e);
        }
    }

    private Path present(RepoPath wanted, RepoFile file, Path target) throws IOException {
        if (cache.holds(wanted, target, file)) {
            return target;
        }
        if (place.offline()) {
            throw offline(wanted);
        }
        Path lock = cache.lock(wanted);
        Files.createDirectories(Disk.folderOf(lock));
        Files.createDirectories(Disk.folderOf(target));
        return FileLocks.holding(lock, alone -> {
            if (!cache.holds(wanted, target, file)) {
                fetch(wanted, file, target, alone);
            }
            return target;
        });
    }

    private void fetch(RepoPath wanted, RepoFile file, Path target, boolean alone) throws IOException {
        // Without a hash nobody would notice that the rest belongs to another state of the branch than the beginning.
        String mark = alone && !file.sha256().isEmpty() ? "resume" : HuggingFaceCache.word();
        Path unfinished = target.resolveSibling(target.getFileName() + "." + mark + ".incomplete");
        transfer.fetch(
                new Transfer.Order(
                        wanted,
                        remote.content(wanted),
                        file.size(),
                        file.sha256(),
                        answer -> remote.refusal(wanted, answer)),
                unfinished);
        Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        if (!file.sha256().isEmpty()) {
            cache.note(wanted, target, file.sha256());
        }
    }
}
