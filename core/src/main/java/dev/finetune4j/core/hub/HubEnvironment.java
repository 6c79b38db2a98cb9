package dev.finetune4j.core.hub;

import dev.finetune4j.core.error.HubException;
import dev.finetune4j.core.hub.cache.CachedHub.Place;
import dev.finetune4j.core.hub.http.HubClient.Patience;
import dev.finetune4j.core.hub.http.Proxies;
import dev.finetune4j.core.hub.http.Retries;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The environment variables as all hubs read them, the user's home folder, and how a thread waits. Values are expanded as a
 * shell would: {@code ~} at the start, {@code $NAME} and <code>${NAME}</code> anywhere.
 */
public final class HubEnvironment {
    private static final Set<String> TRUE = Set.of("1", "on", "yes", "true");
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{(\\w+)}|(\\w+))");
    private static final int ATTEMPTS = 5;
    private static final int WORKERS = 4;

    private final Map<String, String> variables;
    private final Path home;
    private final Retries.Pause pause;

    /** @param home what {@code ~} stands for */
    public HubEnvironment(Map<String, String> variables, Path home, Retries.Pause pause) {
        this.variables = Map.copyOf(variables);
        this.home = home;
        this.pause = pause;
    }

    /** That of this process. */
    public static HubEnvironment ofProcess() {
        return new HubEnvironment(System.getenv(), Path.of(System.getProperty("user.home")), HubEnvironment::await);
    }

    private static void await(Duration duration) throws InterruptedException {
        // Nobody counts this latch down; waiting on it can be interrupted.
        boolean never = new CountDownLatch(1).await(duration.toMillis(), TimeUnit.MILLISECONDS);
        assert !never;
    }

    /** A variable's value; null where it is unset or blank. */
    @Nullable
    String value(String name) {
        String value = variables.get(name);
        return value == null || value.isBlank() ? null : value.strip();
    }

    /** The first of several variables that is set. */
    @Nullable
    String firstOf(String... names) {
        for (String name : names) {
            String value = value(name);
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    /** As {@code huggingface_hub} reads switches: 1, on, yes or true, in any letter case. */
    boolean isOn(String name) {
        String value = value(name);
        return value != null && TRUE.contains(value.toLowerCase(Locale.ROOT));
    }

    /** As LLaMA-Factory reads switches: 1, y or true, in any letter case. */
    boolean isEnabled(String name) {
        String value = value(name);
        return value != null && Set.of("1", "y", "true").contains(value.toLowerCase(Locale.ROOT));
    }

    /** A variable as a path; null where it is unset. */
    @Nullable
    Path path(String name) {
        String value = value(name);
        return value == null ? null : expanded(value);
    }

    /** A path as a shell would expand it. */
    Path expanded(String text) {
        Matcher found = VARIABLE.matcher(text);
        String filled = found.replaceAll(match -> {
            String name = match.group(1) == null ? match.group(2) : match.group(1);
            return Matcher.quoteReplacement(variables.getOrDefault(name, match.group()));
        });
        if (filled.equals("~")) {
            return home;
        }
        return filled.startsWith("~/") || filled.startsWith("~\\")
                ? home.resolve(filled.substring(2))
                : Path.of(filled);
    }

    /** {@code $XDG_CACHE_HOME}, else {@code ~/.cache}. */
    public Path caches() {
        Path given = path("XDG_CACHE_HOME");
        return given == null ? home.resolve(".cache") : given;
    }

    Path home() {
        return home;
    }

    /** The address in a variable, without a slash at its end, or the hub's own. */
    URI endpoint(@Nullable String given, String otherwise) {
        String address = given == null ? otherwise : given;
        String complete = address.contains("://") ? address : "https://" + address;
        try {
            URI uri = URI.create(complete.replaceAll("/+$", ""));
            if (uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            throw noAddress(address, e);
        }
        throw noAddress(address, null);
    }

    private static HubException noAddress(String address, @Nullable Throwable cause) {
        return new HubException(
                HubException.Kind.INVALID,
                "",
                "\"" + address + "\" is not the address of a hub, such as https://huggingface.co. Correct HF_ENDPOINT,"
                        + " MODELSCOPE_ENDPOINT or OPENMIND_HUB_ENDPOINT.",
                cause);
    }

    /** {@code HF_HUB_OFFLINE} or {@code TRANSFORMERS_OFFLINE}; it holds for every hub. */
    boolean isOffline() {
        return isOn("HF_HUB_OFFLINE") || value("HF_HUB_OFFLINE") == null && isOn("TRANSFORMERS_OFFLINE");
    }

    Place place(Path root) {
        return new Place(
                root, !isOn("HF_HUB_DISABLE_SYMLINKS"), !isOn("HF_HUB_DISABLE_SYMLINKS_WARNING"), isOffline(), WORKERS);
    }

    /** {@code HF_HUB_ETAG_TIMEOUT} and {@code HF_HUB_DOWNLOAD_TIMEOUT} in seconds, ten each unless given. */
    Patience patience() {
        return new Patience(seconds("HF_HUB_ETAG_TIMEOUT"), seconds("HF_HUB_DOWNLOAD_TIMEOUT"));
    }

    private Duration seconds(String name) {
        String value = value(name);
        try {
            double seconds = value == null ? 10 : Double.parseDouble(value);
            if (seconds > 0 && seconds < 1e6) {
                return Duration.ofMillis((long) (seconds * 1000));
            }
        } catch (NumberFormatException e) {
            throw noSeconds(name, value, e);
        }
        throw noSeconds(name, value, null);
    }

    private static HubException noSeconds(String name, @Nullable String value, @Nullable Throwable cause) {
        return new HubException(
                HubException.Kind.INVALID, "", name + " must be a number of seconds, found \"" + value + "\".", cause);
    }

    Retries retries() {
        return new Retries(ATTEMPTS, pause);
    }

    Proxies proxies() {
        return new Proxies(variables);
    }
}
