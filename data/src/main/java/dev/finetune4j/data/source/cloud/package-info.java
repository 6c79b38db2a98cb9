/**
 * Objects behind {@code s3://} and {@code gs://} over plain HTTPS. Google's store answers to the same listing and reading
 * requests as Amazon's, so that the two differ in their endpoint and in how a request is signed. Anonymous access is tried
 * first, credentials from the environment after it.
 */
@NullMarked
package dev.finetune4j.data.source.cloud;

import org.jspecify.annotations.NullMarked;
