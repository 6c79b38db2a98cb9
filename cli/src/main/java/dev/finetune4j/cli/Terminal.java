package dev.finetune4j.cli;

/** Whether somebody looks at standard error. */
final class Terminal {
    /** Set by the launcher, which can ask the system; Java only knows of both streams together. */
    private static final String PROPERTY = "finetune4j.terminal";

    private Terminal() {}

    static boolean shows() {
        String known = System.getProperty(PROPERTY);
        return known == null ? System.console() != null : Boolean.parseBoolean(known);
    }
}
