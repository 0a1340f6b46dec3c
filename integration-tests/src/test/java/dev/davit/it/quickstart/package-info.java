/** The whole path in one run. */
package dev.davit.it.quickstart;
