package dev.finetune4j.core.hub.http;

import dev.finetune4j.core.error.HubException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The proxy of the environment variables {@code https_proxy}, {@code http_proxy}, {@code all_proxy} and {@code no_proxy} (or
 * in capitals), which the JDK by itself does not read. Without them the JDK's own settings hold. A name and password inside
 * the address of a proxy are not sent.
 */
public final class Proxies extends ProxySelector {
    private static final Logger log = LoggerFactory.getLogger(Proxies.class);

    private final Map<String, String> environment;

    public Proxies(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public List<Proxy> select(URI address) {
        String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
        String proxy = variable(scheme + "_proxy");
        String given = proxy == null ? variable("all_proxy") : proxy;
        if (isExempt(String.valueOf(address.getHost()))) {
            return List.of(Proxy.NO_PROXY);
        }
        if (given == null) {
            ProxySelector standard = ProxySelector.getDefault();
            return standard == null ? List.of(Proxy.NO_PROXY) : standard.select(address);
        }
        return List.of(proxy(given));
    }

    private static Proxy proxy(String given) {
        try {
            URI address = new URI(given.contains("://") ? given : "http://" + given);
            if (address.getHost() != null) {
                int port = address.getPort() >= 0 ? address.getPort() : 80;
                return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(address.getHost(), port));
            }
        } catch (URISyntaxException e) {
            throw noProxy(given, e);
        }
        throw noProxy(given, null);
    }

    private static HubException noProxy(String given, @Nullable Throwable cause) {
        return new HubException(
                HubException.Kind.INVALID,
                "",
                "\"" + given + "\" is not the address of a proxy, such as http://host:3128. Correct https_proxy.",
                cause);
    }

    /** Whether {@code no_proxy} names the host: {@code *}, the host itself, or a domain above it. */
    private boolean isExempt(String host) {
        String exempt = variable("no_proxy");
        if (exempt == null) {
            return false;
        }
        for (String entry : exempt.split(",")) {
            String name = entry.strip().toLowerCase(Locale.ROOT);
            String domain = name.startsWith(".") ? name : "." + name;
            if (name.equals("*") || !name.isEmpty() && ("." + host.toLowerCase(Locale.ROOT)).endsWith(domain)) {
                return true;
            }
        }
        return false;
    }

    private @Nullable String variable(String name) {
        String lower = environment.get(name);
        String value = lower == null ? environment.get(name.toUpperCase(Locale.ROOT)) : lower;
        return value == null || value.isBlank() ? null : value.strip();
    }

    @Override
    public void connectFailed(URI address, SocketAddress proxy, IOException failure) {
        log.warn("The proxy {} was not reached on the way to {}: {}", proxy, address.getHost(), failure.getMessage());
    }
}
