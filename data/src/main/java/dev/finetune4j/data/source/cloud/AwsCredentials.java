package dev.finetune4j.data.source.cloud;

/** @param sessionToken empty for credentials without an end */
record AwsCredentials(String accessKey, String secretKey, String sessionToken) {
    /** Never shows the secrets. */
    @Override
    public String toString() {
        return "credentials of " + accessKey;
    }
}
