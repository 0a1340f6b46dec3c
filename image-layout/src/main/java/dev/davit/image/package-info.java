/** Image layouts and archives on disk: building, reading, converting and unpacking images. */
package dev.davit.image;
