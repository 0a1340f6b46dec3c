package dev.davit.oci.content;

/** Named content that can be read and written: a repository of a registry, or an image layout. */
public interface Repository extends Source, Target {}
