// Prints which of many paths the packages that Docker is made with leave out for many .dockerignore files: the data of
// FileSelectionVectorsTest. See README.md.
package main

import (
	"fmt"
	"math/rand"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/dockerignore"
	"github.com/moby/patternmatcher"
)

var paths = []string{
	"a", "b", "ab", "a.b", "a/b", "a/c", "a/b/c", "a/b/d", "a/bb", "b/a", "b/a/b", "x", "x/y", "x/y/z", "x/a", "x/y/a",
	"foo", "foo.go", "foo.md", "README.md", "docs/README.md", "docs/x/README.md", "docs/foo.md", ".git", ".git/config",
	"src/.git", ".a", "a b", "ä", "äb", "ä/ö", "日本", "日本/語", "😀", "A", "aa", "aaa", "a-b", "a*b", "a?b", "a[b]", "a\\b",
	"a/.b", "node_modules", "node_modules/x/y", "lib/node_modules/x", "target/classes/A.class", "x/target/B.class", "A.class",
	"#c", "!d", "-", "]", "b]", "a,b", "a+b", "(a)", "a$", "^a", "1", "12", "a/1/b/2/c", "afoo", "a/foo", "xfoo/y",
}

var patterns = []string{
	"a", "b", "a/b", "a/b/c", "*", "**", "***", "*/*", "**/*", "*/**", "**/**", "a*", "*a", "a*b", "*b*", "?", "??", "a?", "?b",
	"a/*", "*/b", "a/**", "**/b", "**/a/b", "a/**/c", "**/a/**", "a**", "**a", "**foo", "a**b", "**/foo*", "**foo*", "foo**",
	"x/**/a", "x/*/a", "*.md", "**/*.md", "docs/*.md", "**/README.md", "*.class", "**/*.class", "**/target/", "target/**",
	"**/node_modules", "node_modules", ".git", "**/.git", ".*", "**/.*", "[ab]", "[a-c]", "[^a]", "a[^b]b", "[!a]", "a[b]",
	"[a-c]/[a-c]", "[ä-ö]", "ä", "ä*", "?ö", "日?", "*/語", "😀", "?", "[A-Z]*", "[^a-z]", "[\\]]", "[\\-]", "[a\\-z]", "[a-b-c]",
	"\\a", "a\\*b", "a\\?b", "a\\[b]", "a\\\\b", "\\!d", "\\#c", "#c", " #c", " a ", "a b", "\ta\t", "/a", "/a/b", "//a", "a/",
	"a//b", "./a", "a/./b", "a/../b", "../a", "..", ".", "./", "/", "", "   ", "!", "!a", "! a", "!/a", "!./a", "!a/b", "!a/",
	"!*", "!**", "!*.md", "!**/b", "!README.md", "!docs", "!.", "!/", "!!a", "[", "[a", "a[", "[]a]", "[]", "[^]", "[a-]", "[-a]",
	"a\\", "]", "b]", "a,b", "a+b", "(a)", "a$", "a.b", "a/[^x]*", "[0-9]", "a/[0-9]/*/[0-9]/c", "**/**/b", "a/**/**/c",
	"**/c", "**/y/**", "*/*/z", "x/y/", "\ufeffa", "a\r", "a\u00a0",
}

func excluded(pm *patternmatcher.PatternMatcher, path string) (bool, error) {
	var info patternmatcher.MatchInfo
	var out bool
	elements := strings.Split(path, "/")
	for i := range elements {
		var err error
		out, info, err = pm.MatchesUsingParentResults(strings.Join(elements[:i+1], "/"), info)
		if err != nil {
			return false, err
		}
	}
	return out, nil
}

func answer(file string) string {
	lines, err := dockerignore.ReadAll(strings.NewReader(file))
	if err != nil {
		return "error"
	}
	pm, err := patternmatcher.New(lines)
	if err != nil {
		return "error"
	}
	var bits strings.Builder
	for _, path := range paths {
		out, err := excluded(pm, path)
		if err != nil {
			return "error"
		}
		if out {
			bits.WriteByte('-')
		} else {
			bits.WriteByte('+')
		}
	}
	return bits.String()
}

func main() {
	fmt.Println("# Made by image-layout/src/test/vectors/dockerignore.go; do not edit.")
	fmt.Println("# paths, one a line; then a line for each .dockerignore: for each path + (taken) or - (left out), or error,")
	fmt.Println("# a space, and the content of the file")
	for _, path := range paths {
		fmt.Println(strconv.QuoteToASCII(path))
	}
	fmt.Println("---")
	print := func(file string) { fmt.Println(answer(file), strconv.QuoteToASCII(file)) }
	for _, p := range patterns {
		print(p)
	}
	for _, p := range patterns {
		print("*\n!" + p)
	}
	r := rand.New(rand.NewSource(1))
	for i := 0; i < 600; i++ {
		var lines []string
		for n := 2 + r.Intn(4); n > 0; n-- {
			p := patterns[r.Intn(len(patterns))]
			if r.Intn(3) == 0 && !strings.HasPrefix(p, "!") {
				p = "!" + p
			}
			lines = append(lines, p)
		}
		end := "\n"
		if r.Intn(4) == 0 {
			end = "\r\n"
		}
		print(strings.Join(lines, end) + []string{"", "\n"}[r.Intn(2)])
	}
}
