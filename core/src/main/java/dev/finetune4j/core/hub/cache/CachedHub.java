package dev.finetune4j.core.hub.cache;

import dev.finetune4j.core.error.HubException;
import dev.finetune4j.core.error.HubException.Kind;
import dev.finetune4j.core.hub.cache.Remote.State;
import dev.finetune4j.core.hub.http.Failures;
import dev.finetune4j.core.hub.http.Retries;
import dev.finetune4j.core.hub.http.Transfer;
import dev.finetune4j.core.hub.repo.FileSelection;
import dev.finetune4j.core.hub.repo.RepoFile;
import dev.finetune4j.core.hub.repo.RepoListing;
import dev.finetune4j.core.hub.repo.RepoPath;
import dev.finetune4j.core.hub.repo.TransferListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files of a hub by way of Hugging Face's cache layout. A commit that is there costs no request. A branch or tag is looked
 * up each time; where the hub does not answer, what was last known of it is used, with a warning. Thread-safe.
 */
public final class CachedHub implements RepoFiles {
    private static final Logger log = LoggerFactory.getLogger(CachedHub.class);
    private static final String RESUMED = "resume";
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
    /** Failures after which the cache may answer in the hub's place. A revision or file that is gone is not among them. */
    private static final Set<Kind> CACHE_MAY_ANSWER =
            EnumSet.of(Kind.NO_NETWORK, Kind.SERVER, Kind.TOKEN, Kind.GATED, Kind.REPO_NOT_FOUND);

    private final Remote remote;
    private final Place place;
    private final Retries retries;
    private final Transfer transfer;
    private final Links links;

    /**
     * Where and how files are kept.
     *
     * @param root the cache
     * @param links whether snapshots may hold symbolic links
     * @param linkWarning whether to say so where the file system holds none
     * @param offline never to ask the hub
     * @param workers transfers side by side
     */
    public record Place(Path root, boolean links, boolean linkWarning, boolean offline, int workers) {}

    public CachedHub(Remote remote, Place place, Retries retries, TransferListener listener) {
        this.remote = remote;
        this.place = place;
        this.retries = retries;
        this.transfer = new Transfer(remote.client(), retries, listener);
        this.links = new Links(place.links, place.linkWarning);
    }

    /** A file, fetched if need be. */
    @Override
    public Path file(RepoPath wanted) {
        HuggingFaceCache cache = cache(wanted);
        try {
            Optional<String> commit = cache.commit(wanted.revision());
            Optional<Path> kept = commit.flatMap(known -> cache.find(known, wanted.path()));
            boolean certain = HuggingFaceCache.isCommit(wanted.revision());
            if (kept.isPresent() && (certain || place.offline)) {
                return kept.get();
            }
            if ((certain || place.offline) && commit.isPresent() && cache.isKnownAbsent(commit.get(), wanted.path())) {
                throw absent(wanted);
            }
            if (place.offline) {
                throw offline(wanted);
            }
            return asked(cache, wanted, kept);
        } catch (IOException e) {
            throw Failures.disk(wanted, cache.folder(), e);
        }
    }

    private Path asked(HuggingFaceCache cache, RepoPath wanted, Optional<Path> kept) throws IOException {
        State state;
        try {
            state = ask(kept.isPresent(), wanted, () -> remote.state(wanted));
        } catch (HubException e) {
            if (kept.isEmpty() || !CACHE_MAY_ANSWER.contains(e.kind())) {
                throw e;
            }
            log.warn("{} The cached file is used, which may not be the newest: {}", e.getMessage(), kept.get());
            return kept.get();
        }
        // A commit becomes the name of a folder, so it is looked at like every other name.
        wanted.on(state.commit());
        if (state.isAbsent()) {
            cache.markAbsent(state.commit(), wanted.path());
            cache.writeRef(wanted.revision(), state.commit());
            throw absent(wanted);
        }
        return present(cache, wanted, state);
    }

    /** A file whose state is known: from the cache, or by fetching it. */
    private Path present(HuggingFaceCache cache, RepoPath wanted, State state) throws IOException {
        Optional<Path> kept = cache.find(state.commit(), wanted.path());
        if (kept.isPresent()) {
            noteRevision(cache, wanted, state.commit());
            return kept.get();
        }
        if (!TAG.matcher(state.tag()).matches()) {
            throw wanted.failure(
                    Kind.SERVER, "The hub gives the entity tag \"" + state.tag() + "\", which cannot name a file.");
        }
        cache.prepare(state.commit(), state.tag(), wanted.path());
        cache.writeRef(wanted.revision(), state.commit());
        return FileLocks.holding(cache.lock(state.tag()), alone -> {
            Path pointer = cache.pointer(state.commit(), wanted.path());
            if (!Files.exists(pointer)) {
                boolean fresh = fetch(cache, wanted, state, alone);
                links.place(cache.blob(state.tag()), pointer, fresh);
            }
            return pointer;
        });
    }

    /** Makes sure that the blob is there; true if it was not. */
    private boolean fetch(HuggingFaceCache cache, RepoPath wanted, State state, boolean alone) throws IOException {
        Path blob = cache.blob(state.tag());
        if (Files.exists(blob)) {
            return false;
        }
        Path unfinished = unfinished(blob, alone ? RESUMED : HuggingFaceCache.word());
        // The commit, not the branch: what arrives is what was described, also if the branch moves meanwhile.
        RepoPath exact = wanted.on(state.commit());
        transfer.fetch(
                new Transfer.Order(
                        wanted,
                        remote.content(exact),
                        state.size(),
                        state.tag(),
                        answer -> remote.refusal(wanted, answer)),
                unfinished);
        Files.move(unfinished, blob, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return true;
    }

    /** All wanted files of a revision; the folder that holds them under their names. */
    @Override
    public Path snapshot(RepoPath whole, FileSelection selection) {
        HuggingFaceCache cache = cache(whole);
        try {
            Listed listed = listed(cache, whole);
            if (listed.doubt.isEmpty()) {
                return snapshot(whole, listed.listing, selection);
            }
            checkWhole(cache, whole, listed.listing, selection, listed.doubt.get());
            return cache.snapshot(listed.listing.commit());
        } catch (IOException e) {
            throw Failures.disk(whole, cache.folder(), e);
        }
    }

    /** All wanted files of a listing; the folder that holds them under their names. */
    @Override
    public Path snapshot(RepoPath whole, RepoListing listing, FileSelection selection) {
        HuggingFaceCache cache = cache(whole);
        if (place.offline) {
            checkWhole(cache, whole, listing, selection, offline(whole));
        } else {
            fetchAll(cache, whole, listing.commit(), wanted(whole, listing, selection));
        }
        return cache.snapshot(listing.commit());
    }

    private static List<RepoFile> wanted(RepoPath whole, RepoListing listing, FileSelection selection) {
        List<RepoFile> files = listing.selected(selection);
        if (files.isEmpty()) {
            throw whole.failure(
                    Kind.FILE_NOT_FOUND,
                    "None of its " + listing.files().size() + " files is one of those that are needed here.");
        }
        return files;
    }

    private void fetchAll(HuggingFaceCache cache, RepoPath whole, String commit, List<RepoFile> files) {
        List<Runnable> transfers = new ArrayList<>();
        for (RepoFile file : files) {
            RepoPath wanted = whole.on(commit).at(file.path());
            if (cache.find(commit, file.path()).isEmpty()) {
                transfers.add(() -> fetchListed(cache, wanted, file));
            }
        }
        if (!transfers.isEmpty()) {
            requireSpace(cache, whole, commit, files);
            log.info("{}: {} files to fetch", whole, transfers.size());
            SideBySide.run(place.workers, transfers);
        }
        noteRevision(cache, whole, commit);
    }

    /** Before the first of many files comes, and not after the last that fits. */
    private static void requireSpace(HuggingFaceCache cache, RepoPath whole, String commit, List<RepoFile> files) {
        long needed = 0;
        for (RepoFile file : files) {
            if (file.size() > 0
                    && TAG.matcher(file.hash()).matches()
                    && cache.find(commit, file.path()).isEmpty()) {
                needed += missing(cache.blob(file.hash()), file.size());
            }
        }
        Path existing = cache.folder().toAbsolutePath();
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        Failures.requireSpace(whole, existing, needed);
    }

    /** Bytes of a blob that are neither there nor left of a transfer that broke off. */
    private static long missing(Path blob, long size) {
        if (Files.exists(blob)) {
            return 0;
        }
        try {
            Path left = unfinished(blob, RESUMED);
            return Files.exists(left) ? Math.max(0, size - Files.size(left)) : size;
        } catch (IOException e) {
            return size;
        }
    }

    /** The name ends as Python's do, so that its tools see and clear away what was left behind. */
    private static Path unfinished(Path blob, String mark) {
        return blob.resolveSibling(blob.getFileName() + "." + mark + ".incomplete");
    }

    private void fetchListed(HuggingFaceCache cache, RepoPath wanted, RepoFile file) {
        if (file.size() < 0 || file.hash().isEmpty()) {
            file(wanted);
            return;
        }
        try {
            // The listing says all that a question about the file would.
            present(cache, wanted, new State(wanted.revision(), file.hash(), file.size()));
        } catch (IOException e) {
            throw Failures.disk(wanted, cache.folder(), e);
        }
    }

    /** @param doubt why the hub is not asked */
    private static void checkWhole(
            HuggingFaceCache cache, RepoPath whole, RepoListing listing, FileSelection selection, HubException doubt) {
        List<RepoFile> files = wanted(whole, listing, selection);
        List<String> missing = files.stream()
                .map(RepoFile::path)
                .filter(path -> cache.find(listing.commit(), path).isEmpty())
                .toList();
        if (!missing.isEmpty()) {
            throw whole.failure(
                    doubt.kind(),
                    "The cache lacks " + missing.size() + " of " + files.size() + " files, such as " + missing.get(0)
                            + ", and the hub cannot be asked. " + doubt.getMessage(),
                    doubt);
        }
        if (doubt.kind() != Kind.OFFLINE) {
            log.warn("{} The cached files are used, which may not be the newest.", doubt.getMessage());
        }
    }

    /** All files that a revision holds, by the hub or, where it cannot be asked, by the cache. */
    @Override
    public RepoListing files(RepoPath whole) {
        HuggingFaceCache cache = cache(whole);
        try {
            Listed listed = listed(cache, whole);
            listed.doubt
                    .filter(doubt -> doubt.kind() != Kind.OFFLINE)
                    .ifPresent(doubt -> log.warn("{} The cached listing is used.", doubt.getMessage()));
            return listed.listing;
        } catch (IOException e) {
            throw Failures.disk(whole, cache.folder(), e);
        }
    }

    /** @param doubt why the hub was not asked; empty where the listing is certain */
    private record Listed(RepoListing listing, Optional<HubException> doubt) {}

    private Listed listed(HuggingFaceCache cache, RepoPath whole) throws IOException {
        Optional<RepoListing> kept = keptListing(cache, whole);
        if (place.offline) {
            HubException reason = offline(whole);
            return new Listed(kept.orElseThrow(() -> reason), Optional.of(reason));
        }
        if (HuggingFaceCache.isCommit(whole.revision())) {
            Optional<List<RepoFile>> tree = TreeFile.read(cache.tree(whole.revision()));
            if (tree.isPresent()) {
                return new Listed(new RepoListing(whole.revision(), whole.revision(), tree.get()), Optional.empty());
            }
        }
        try {
            RepoListing listing = ask(kept.isPresent(), whole, () -> remote.listing(whole));
            // A commit becomes the name of a folder, so it is looked at like every other name.
            whole.on(listing.commit());
            TreeFile.write(cache.tree(listing.commit()), listing.files());
            return new Listed(listing, Optional.empty());
        } catch (HubException e) {
            if (kept.isEmpty() || !CACHE_MAY_ANSWER.contains(e.kind())) {
                throw e;
            }
            return new Listed(kept.get(), Optional.of(e));
        }
    }

    /** What the cache knows of a revision: its kept listing, else the files of its snapshot. */
    private static Optional<RepoListing> keptListing(HuggingFaceCache cache, RepoPath whole) throws IOException {
        Optional<String> commit = cache.commit(whole.revision());
        if (commit.isEmpty()) {
            return Optional.empty();
        }
        Optional<List<RepoFile>> tree = TreeFile.read(cache.tree(commit.get()));
        return tree.isPresent()
                ? Optional.of(new RepoListing(whole.revision(), commit.get(), tree.get()))
                : Folders.listing(cache.snapshot(commit.get()), whole.revision(), commit.get());
    }

    private <T> T ask(boolean impatient, RepoPath wanted, Retries.Attempt<T> question) {
        try {
            return (impatient ? retries.once() : retries).run(wanted.toString(), question);
        } catch (IOException e) {
            throw Failures.network(wanted, remote.endpoint(), e);
        }
    }

    /** A cache that cannot be written may still be read. */
    private static void noteRevision(HuggingFaceCache cache, RepoPath wanted, String commit) {
        try {
            cache.writeRef(wanted.revision(), commit);
        } catch (IOException e) {
            log.debug("{}: its commit could not be noted", wanted, e);
        }
    }

    private HuggingFaceCache cache(RepoPath wanted) {
        return new HuggingFaceCache(place.root, wanted.repo());
    }

    private static HubException absent(RepoPath wanted) {
        return wanted.failure(Kind.FILE_NOT_FOUND, "The revision holds no such file.");
    }

    private HubException offline(RepoPath wanted) {
        return wanted.failure(
                Kind.OFFLINE,
                "It is not in the cache at " + place.root + ", and the hub is not to be asked (HF_HUB_OFFLINE or"
                        + " TRANSFORMERS_OFFLINE is set). Unset the variable once, or copy the cache of a machine that has"
                        + " it.");
    }
}
