package dev.finetune4j.core.hub.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.finetune4j.core.error.HubException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProxiesTest {
    private static final URI HUB = URI.create("https://huggingface.co/a");

    private static List<Proxy> select(Map<String, String> environment, URI address) {
        return new Proxies(environment).select(address);
    }

    @Test
    void proxyOfTheEnvironmentIsUsed() {
        Proxy expected = new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("proxy.example", 3128));
        assertEquals(List.of(expected), select(Map.of("HTTPS_PROXY", "http://proxy.example:3128"), HUB));
        assertEquals(List.of(expected), select(Map.of("all_proxy", "proxy.example:3128"), HUB));
        assertEquals(
                List.of(Proxy.NO_PROXY),
                select(Map.of("https_proxy", "http://proxy.example:3128", "no_proxy", "x.org, huggingface.co"), HUB));
        assertEquals(
                List.of(Proxy.NO_PROXY),
                select(
                        Map.of("https_proxy", "http://proxy.example:3128", "NO_PROXY", ".local"),
                        URI.create("https://hub.local")));
        assertEquals(
                List.of(expected),
                select(Map.of("https_proxy", "http://proxy.example:3128", "no_proxy", "face.co"), HUB));
    }

    @Test
    void addressThatIsNoProxyIsRefused() {
        assertThrows(HubException.class, () -> select(Map.of("https_proxy", "http:///"), HUB));
    }
}
