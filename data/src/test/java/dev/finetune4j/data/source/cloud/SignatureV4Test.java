package dev.finetune4j.data.source.cloud;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The worked examples of Amazon's documentation of signature version 4, with its published keys. */
class SignatureV4Test {
    private static final AwsCredentials EXAMPLE =
            new AwsCredentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "");
    private static final Instant TIME = Instant.parse("2013-05-24T00:00:00Z");

    private static String signature(String uri, Map<String, String> headers) {
        String authorization = new SignatureV4(EXAMPLE, "us-east-1")
                .sign("GET", URI.create(uri), headers, TIME)
                .get("authorization");
        return authorization.substring(authorization.indexOf("Signature=") + 10);
    }

    @Test
    void objectsAreSignedAsInTheExample() {
        assertEquals(
                "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
                signature("https://examplebucket.s3.amazonaws.com/test.txt", Map.of("range", "bytes=0-9")));
    }

    @Test
    void listingsAreSignedAsInTheExample() {
        assertEquals(
                "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
                signature("https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J", Map.of()));
    }

    @Test
    void parametersWithoutAValueAreSignedAsInTheExample() {
        assertEquals(
                "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
                signature("https://examplebucket.s3.amazonaws.com/?lifecycle", Map.of()));
    }

    @Test
    void keysArePercentEncodedOnce() {
        assertEquals("a%20b/%C3%BC%2B%27.jsonl", ObjectAddress.encode("a b/ü+'.jsonl", true));
        assertEquals("a%2Fb", ObjectAddress.encode("a/b", false));
    }

    @Test
    void sessionTokensAreSignedAndSecretsNeverShown() {
        AwsCredentials session = new AwsCredentials("id", "hidden", "token");
        Map<String, String> headers = new SignatureV4(session, "eu-west-1")
                .sign("GET", URI.create("https://b.s3.eu-west-1.amazonaws.com/k"), Map.of(), TIME);
        assertEquals("token", headers.get("x-amz-security-token"));
        assertTrue(headers.get("authorization").contains("x-amz-security-token"));
        assertFalse(session.toString().contains("hidden"));
        assertFalse(headers.toString().contains("hidden"));
    }
}
