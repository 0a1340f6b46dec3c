/** Loaded views of images: after loading, no getter blocks or throws. */
package dev.davit.oci.image;
