package dev.finetune4j.data.jinja.value;

/**
 * What one rendering may cost before it is refused. The defaults are far above what any real conversation needs and keep a
 * hostile template below a few seconds and a few hundred megabytes.
 *
 * @param steps evaluated nodes, loop rounds and elements visited
 * @param text characters of the longest single text, the result included
 * @param memory characters of all texts made on the way, a list's element counting as eight
 * @param depth macros and recursive loops inside one another
 */
public record Limits(long steps, int text, long memory, int depth) {
    public static final Limits DEFAULTS = new Limits(5_000_000, 1 << 25, 1 << 27, 150);
}
