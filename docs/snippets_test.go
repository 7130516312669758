// Package docs_test holds the pages to the code that they show. A block of Go
// has a comment in front of it that names a file of this repository, and is a part of
// that file, as is any other block with such a comment; those of this folder are the code of the page they are named
// after. So the compiler sees every line that a reader copies.
package docs_test

import (
	"flag"
	"fmt"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the whole programs of the pages anew from their files")

// root is the folder of the repository.
const root = ".."

// block is one fenced block of a page.
type block struct {
	page      string
	line      int    // of its fence
	language  string // behind the fence
	file      string // which the comment in front of it names
	text      string
	from, end int // of text in the page
}

func (b block) String() string { return fmt.Sprintf("%s:%d", b.page, b.line) }

var fence = regexp.MustCompile("(?ms)^(?P<indent> *)(?:<!-- code: (?P<file>\\S+) -->\n *)?```(?P<language>[a-z]+)\n(?P<text>.*?)^ *```$")

// blocks returns the blocks of a page in a language, without the indentation of a
// list that they are in.
func blocks(t *testing.T, page string) []block {
	t.Helper()
	text := read(t, page)
	var found []block
	for _, m := range fence.FindAllStringSubmatchIndex(text, -1) {
		group := func(name string) string {
			i := 2 * fence.SubexpIndex(name)
			if m[i] < 0 {
				return ""
			}
			return text[m[i]:m[i+1]]
		}
		i := 2 * fence.SubexpIndex("text")
		found = append(found, block{
			page: page, line: 1 + strings.Count(text[:m[i]], "\n") - 1, language: group("language"), file: group("file"),
			text: strings.ReplaceAll("\n"+group("text"), "\n"+group("indent"), "\n")[1:], from: m[i], end: m[i+1],
		})
	}
	return found
}

func TestCodeIsThatOfAFile(t *testing.T) {
	inCheckout(t)
	n := 0
	for _, page := range pages(t) {
		for _, b := range slices.Backward(blocks(t, page)) { // from the end, as -update moves what follows
			if b.language != "go" && b.file == "" { // YAML of other programs, commands, records
				continue
			}
			n++
			if b.file == "" {
				t.Errorf("%s: a block of %s without a comment such as <!-- code: docs/tls_test.go --> in front of it", b, b.language)
				continue
			}
			if problem := compare(t, b); problem != "" {
				t.Errorf("%s: %s", b, problem)
			}
		}
	}
	if n < 40 {
		t.Errorf("%d blocks were looked at: the pages have more", n)
	}
}

// compare says how a block differs from its file.
func compare(t *testing.T, b block) string {
	t.Helper()
	source := read(t, b.file)
	if b.language == "go" {
		if problem := notCompiled(b.file, source); problem != "" {
			return b.file + " " + problem
		}
	}
	if strings.HasPrefix(b.text, "package ") {
		whole := fromPackage(source)
		if b.text == whole {
			return ""
		}
		if *update {
			text := read(t, b.page)
			write(t, b.page, text[:b.from]+whole+text[b.end:])
			return "written anew from " + b.file + "; run the test again"
		}
		return "is not " + b.file + " from its package clause on; go test ./docs -update writes it"
	}
	for piece := range pieces(b.text) {
		if rest, ok := after(source, piece); ok {
			source = rest
			continue
		}
		return fmt.Sprintf("%s does not have, in this order and indented alike:\n%s", b.file, piece)
	}
	return ""
}

// pieces yields the parts of a block. A line of three dots stands for lines that
// are left out.
func pieces(text string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, piece := range regexp.MustCompile(`(?m)^\s*\.\.\.\n`).Split(text, -1) {
			if piece = strings.Trim(piece, "\n"); piece != "" && !yield(piece) {
				return
			}
		}
	}
}

// after returns what follows the first place in source that has the lines of piece,
// all of them indented by the same more.
func after(source, piece string) (rest string, ok bool) {
	have, want := strings.Split(source, "\n"), strings.Split(piece, "\n")
	for i := range len(have) - len(want) + 1 {
		indent, found := strings.CutSuffix(have[i], want[0])
		if !found || strings.TrimSpace(indent) != "" {
			continue
		}
		same := func(line, wanted string) bool { return line == wanted && wanted == "" || line == indent+wanted }
		if slices.EqualFunc(have[i:i+len(want)], want, same) {
			return strings.Join(have[i+len(want):], "\n"), true
		}
	}
	return source, false
}

// notCompiled says why no compiler sees a file.
func notCompiled(file, source string) string {
	switch {
	case path.Ext(file) != ".go" || strings.Contains("/"+file, "/testdata/") || regexp.MustCompile(`(^|/)[._]`).MatchString(file):
		return "is not a file that the go command compiles"
	case slices.ContainsFunc(strings.Split(source, "\n"), constraint.IsGoBuild):
		return "is compiled for some systems only"
	}
	if _, err := parser.ParseFile(token.NewFileSet(), file, source, parser.ImportsOnly); err != nil {
		return "does not parse"
	}
	return ""
}

// fromPackage leaves out the lines above the package clause: a reader of the page
// has the page's own words.
func fromPackage(source string) string {
	return source[regexp.MustCompile(`(?m)^package `).FindStringIndex(source)[0]:]
}

// inCheckout skips a test about other modules where they can't be: the module proxy
// serves each module without those nested in it.
func inCheckout(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(root, ".git")); err != nil {
		t.Skip("not a checkout of the repository: the examples are not here")
	}
}

// pages returns the Markdown files of the repository.
func pages(t *testing.T) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := entry.Name(); entry.IsDir() && file != root && (name == "testdata" || strings.HasPrefix(name, ".")) {
			return filepath.SkipDir
		}
		if filepath.Ext(file) == ".md" {
			relative, err := filepath.Rel(root, file)
			if err != nil {
				return err
			}
			found = append(found, filepath.ToSlash(relative))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(root, filepath.FromSlash(file)), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
