package dev.finetune4j.data.source.cloud;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Amazon's request signature, version 4, for requests without a body. */
final class SignatureV4 {
    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final String SERVICE = "s3";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int DATE_LENGTH = 8;

    private final AwsCredentials credentials;
    private final String region;

    SignatureV4(AwsCredentials credentials, String region) {
        this.credentials = credentials;
        this.region = region;
    }

    /**
     * The headers that make a request a signed one.
     *
     * @param uri with its query percent-encoded
     * @param others headers that are signed along, by lower-case name
     */
    Map<String, String> sign(String method, URI uri, Map<String, String> others, Instant now) {
        String time = TIME.format(now);
        String emptyHash = hash("");
        Map<String, String> headers = new TreeMap<>(others);
        headers.put("host", uri.getRawAuthority());
        headers.put("x-amz-content-sha256", emptyHash);
        headers.put("x-amz-date", time);
        if (!credentials.sessionToken().isEmpty()) {
            headers.put("x-amz-security-token", credentials.sessionToken());
        }
        String names = String.join(";", headers.keySet());
        String canonicalHeaders = headers.entrySet().stream()
                .map(header -> header.getKey() + ":" + header.getValue().strip() + "\n")
                .collect(Collectors.joining());
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String request = String.join("\n", method, path, sortedQuery(uri), canonicalHeaders, names, emptyHash);
        String date = time.substring(0, DATE_LENGTH);
        String scope = String.join("/", date, region, SERVICE, "aws4_request");
        byte[] key = hmac(("AWS4" + credentials.secretKey()).getBytes(StandardCharsets.UTF_8), date);
        for (String part : new String[] {region, SERVICE, "aws4_request"}) {
            key = hmac(key, part);
        }
        String signature =
                HexFormat.of().formatHex(hmac(key, String.join("\n", ALGORITHM, time, scope, hash(request))));
        headers.remove("host");
        headers.put(
                "authorization",
                ALGORITHM + " Credential=" + credentials.accessKey() + "/" + scope + ",SignedHeaders=" + names
                        + ",Signature=" + signature);
        return headers;
    }

    private static String sortedQuery(URI uri) {
        String query = uri.getRawQuery();
        if (query == null) {
            return "";
        }
        return Arrays.stream(query.split("&"))
                .map(pair -> pair.contains("=") ? pair : pair + "=")
                .sorted()
                .collect(Collectors.joining("&"));
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }
}
