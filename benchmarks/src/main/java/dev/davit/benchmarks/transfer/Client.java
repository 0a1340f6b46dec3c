package dev.davit.benchmarks.transfer;

import java.nio.file.Path;

/** A client of registries that is written in Java. A repository is {@code host:port/name}; nothing uses TLS. */
interface Client {
    /**
     * Pulls an image into a new layout, every blob verified.
     *
     * @param folder an absent folder
     */
    void pull(String repository, String tag, Path folder) throws Exception;

    /** Pushes the image that a layout of its own has as {@code latest}. */
    void push(Path layout, String repository, String tag) throws Exception;

    /** Copies an image to another repository of the same registry. */
    void copy(String from, String to, String tag) throws Exception;
}
