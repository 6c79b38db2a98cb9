package dev.finetune4j.core.hub.repo;

import dev.finetune4j.core.error.HubException;
import org.jspecify.annotations.Nullable;

/**
 * What is being asked for, as every failure names it.
 *
 * @param hub name of the hub for people, such as {@code Hugging Face}
 * @param revision branch, tag or commit
 * @param path file inside the repository with forward slashes; empty for the repository as a whole
 */
public record RepoPath(String hub, RepoId repo, String revision, String path) {
    /** @throws HubException if the revision or the path would lead out of the folder it is kept in */
    public RepoPath {
        if (leadsAstray(path) || leadsAstray(revision) || revision.isEmpty()) {
            throw new HubException(
                    HubException.Kind.INVALID,
                    hub + " " + repo,
                    "revision \"" + revision + "\" or file \"" + path + "\" is not a plain relative name. Names with"
                            + " \"..\", a leading slash, a backslash or a drive letter are refused.");
        }
    }

    /** The same revision as a whole. */
    public RepoPath whole() {
        return new RepoPath(hub, repo, revision, "");
    }

    public RepoPath at(String file) {
        return new RepoPath(hub, repo, revision, file);
    }

    public RepoPath on(String otherRevision) {
        return new RepoPath(hub, repo, otherRevision, path);
    }

    public HubException failure(HubException.Kind kind, String message) {
        return failure(kind, message, null);
    }

    public HubException failure(HubException.Kind kind, String message, @Nullable Throwable cause) {
        return new HubException(kind, toString(), message, cause);
    }

    private static boolean leadsAstray(String name) {
        if (name.startsWith("/") || name.contains("\\") || name.contains("\0") || name.matches("[A-Za-z]:.*")) {
            return true;
        }
        for (String part : name.split("/")) {
            if (part.equals("..") || part.equals(".")) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return hub + " " + repo + "@" + revision + (path.isEmpty() ? "" : ", " + path);
    }
}
