/** Images on disk, beside the tools that others use for them. */
package dev.davit.it.image;
