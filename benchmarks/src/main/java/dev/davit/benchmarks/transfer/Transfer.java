package dev.davit.benchmarks.transfer;

/**
 * What is to be done.
 *
 * @param operation {@code pull}, {@code push} or {@code copy}
 * @param image what is moved
 * @param from a repository, or a folder of layouts
 * @param to a repository, or a folder for layouts
 */
record Transfer(String operation, TestImage image, String from, String to) {}
