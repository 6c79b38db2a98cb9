package dev.finetune4j.data.hub;

import java.util.List;
import java.util.Map;

/**
 * A subset as the author describes it.
 *
 * @param folder {@code data_dir}, in which the patterns start; empty for the repository
 * @param patterns {@code data_files}: patterns of each split, in order; empty where names tell the splits
 * @param isDefault whether the author marks it as the one to take when none is named
 */
record CardConfig(String name, String folder, Map<String, List<String>> patterns, boolean isDefault) {}
