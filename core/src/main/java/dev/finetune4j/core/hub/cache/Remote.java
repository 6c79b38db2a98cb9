package dev.finetune4j.core.hub.cache;

import dev.finetune4j.core.error.HubException;
import dev.finetune4j.core.hub.http.Answer;
import dev.finetune4j.core.hub.http.HubClient;
import dev.finetune4j.core.hub.repo.RepoListing;
import dev.finetune4j.core.hub.repo.RepoPath;
import java.io.IOException;
import java.net.URI;

/** The protocol of a hub that keeps commits and hashes. Each question is asked once; who asks decides about attempts. */
public interface Remote {
    /**
     * A file as it is at a revision.
     *
     * @param commit the commit that the revision stands for
     * @param tag its entity tag: SHA-256 or git's SHA-1 of the content; empty where the commit does not hold the file
     * @param size bytes, or −1 where the hub does not say
     */
    record State(String commit, String tag, long size) {
        boolean isAbsent() {
            return tag.isEmpty();
        }
    }

    /** The wire to this hub. */
    HubClient client();

    /** Where the hub is, for messages. */
    URI endpoint();

    /**
     * The state of a file.
     *
     * @throws IOException if another attempt may help
     * @throws HubException if the hub refuses
     */
    State state(RepoPath wanted) throws IOException;

    /**
     * Everything that a revision holds.
     *
     * @throws IOException if another attempt may help
     * @throws HubException if the hub refuses
     */
    RepoListing listing(RepoPath whole) throws IOException;

    /** Where the bytes of a file are; the revision is a commit. */
    URI content(RepoPath wanted);

    /** What an answer that is no success means. */
    HubException refusal(RepoPath wanted, Answer answer);
}
