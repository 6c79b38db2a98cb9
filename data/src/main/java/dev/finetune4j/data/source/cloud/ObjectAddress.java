package dev.finetune4j.data.source.cloud;

import dev.finetune4j.core.error.DataException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A bucket and a key in it.
 *
 * @param key without a slash in front; empty for the bucket itself
 */
record ObjectAddress(String scheme, String bucket, String key) {
    private static final String UNRESERVED = "-_.~";

    static ObjectAddress parse(String address) {
        int schemeEnd = address.indexOf("://");
        int bucketEnd = address.indexOf('/', schemeEnd + 3);
        String bucket = bucketEnd < 0 ? address.substring(schemeEnd + 3) : address.substring(schemeEnd + 3, bucketEnd);
        if (bucket.isEmpty()) {
            throw new DataException(address, "The address names no bucket. Write it as s3://bucket/key.");
        }
        return new ObjectAddress(
                address.substring(0, schemeEnd), bucket, bucketEnd < 0 ? "" : address.substring(bucketEnd + 1));
    }

    ObjectAddress withKey(String other) {
        return new ObjectAddress(scheme, bucket, other);
    }

    /** Percent-encoded as signatures want it: everything but letters, digits and four signs. */
    static String encode(String text, boolean keepSlashes) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
            if (plain || UNRESERVED.indexOf(c) >= 0 || keepSlashes && c == '/') {
                encoded.append(c);
            } else {
                encoded.append(String.format(Locale.ROOT, "%%%02X", (int) c));
            }
        }
        return encoded.toString();
    }

    @Override
    public String toString() {
        return scheme + "://" + bucket + "/" + key;
    }
}
