/** The command line, used as a person would use it. */
package dev.davit.it.cli;
