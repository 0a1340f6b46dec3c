package dev.davit.cri;

/**
 * What a command in a container has left.
 *
 * @param stdout its standard output as UTF-8; what is none has become U+FFFD
 * @param stderr its standard error as UTF-8; what is none has become U+FFFD
 * @param exitCode its exit code; 128 and more for signals
 */
public record ExecResult(String stdout, String stderr, int exitCode) {}
