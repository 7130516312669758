package house_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The module proxy refuses a whole module for one file name that Windows or the
// rules of golang.org/x/mod/module don't allow, and then nobody can install it.
// A seed of a fuzz test is the usual way for such a name to arrive.
func TestFileNamesAreLegalEverywhere(t *testing.T) {
	inRoot(t)
	var names []string
	err := filepath.WalkDir(".", func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case file == ".git" && entry.IsDir():
			return filepath.SkipDir
		case file == "." || file == ".git":
			return nil
		case !entry.IsDir() && !entry.Type().IsRegular():
			t.Errorf("%s is not a regular file: module zips leave it out", file)
		}
		names = append(names, filepath.ToSlash(file))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range illegalNames(names) {
		t.Error(problem)
	}
}

func TestIllegalNames(t *testing.T) {
	tests := []struct {
		names []string
		want  string // "" for legal names
	}{
		{[]string{"testdata/fuzz/FuzzParseRef/nul"}, "reserves"},
		{[]string{"NUL.txt"}, "reserves"},
		{[]string{"con.tar.gz"}, "reserves"},
		{[]string{"aux.d", "aux.d/file"}, "reserves"},
		{[]string{"a/Prn"}, "reserves"},
		{[]string{"com1", "a/lpt9.go"}, "reserves"},
		{[]string{"conin$"}, `the character '$'`},
		{[]string{"com¹"}, `the character '¹'`},
		{[]string{"a:b"}, `the character ':'`},
		{[]string{`a\b`}, `the character '\\'`},
		{[]string{"what?"}, `the character '?'`},
		{[]string{"it's"}, `the character '\''`},
		{[]string{"two words"}, `the character ' '`},
		{[]string{"a\nb"}, `the character '\n'`},
		{[]string{"a/trailing."}, "ends in a dot"},
		{[]string{"trailing.", "trailing./a"}, "ends in a dot"},
		{[]string{"README.md", "readme.md"}, "in case"},
		{[]string{"Cache/a.go", "cache/b.go", "Cache", "cache"}, "in case"},
		{[]string{strings.Repeat("deep/", 40) + "file"}, "bytes"},
		{[]string{"null", "zero-byte", "console.go", "a/com10", "com-", ".env.example", "auxiliary.d/nul_", "a/A.go", "b/a.go"}, ""},
	}
	for _, tt := range tests {
		got := illegalNames(tt.names)
		if tt.want == "" && len(got) > 0 {
			t.Errorf("illegalNames(%q) = %q, want none", tt.names, got)
		}
		if tt.want != "" && !strings.Contains(strings.Join(got, "\n"), tt.want) {
			t.Errorf("illegalNames(%q) = %q, want one with %q", tt.names, got, tt.want)
		}
	}
}

// illegalNames says what is wrong with these slash-separated paths, in which a
// folder is a path too. It is stricter than any one system, so that one rule does
// for all of them: ASCII letters and digits, dot, hyphen and underscore.
func illegalNames(names []string) []string {
	var problems []string
	seen := make(map[string]string)
	for _, name := range names {
		if problem := illegalName(path.Base(name)); problem != "" {
			problems = append(problems, fmt.Sprintf("%q: %s", name, problem))
		}
		// Windows opens a path of at most 259 characters, the checkout's folder included.
		if len(name) > 150 {
			problems = append(problems, fmt.Sprintf("%q has %d bytes, want at most 150", name, len(name)))
		}
		folded := strings.ToLower(name)
		if other, ok := seen[folded]; ok && other != name {
			problems = append(problems, fmt.Sprintf("%q and %q differ only in case", other, name))
		}
		seen[folded] = name
	}
	return problems
}

// illegalName says what is wrong with one element of a path, "" for nothing. The
// names of devices are reserved with any extension too:
// https://learn.microsoft.com/windows/win32/fileio/naming-a-file
func illegalName(name string) string {
	for _, r := range name {
		legal := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r)
		if !legal {
			return fmt.Sprintf("the character %q: write ASCII letters, digits, dots, hyphens and underscores", r)
		}
	}
	if strings.HasSuffix(name, ".") {
		return "ends in a dot, which Windows drops"
	}
	device, _, _ := strings.Cut(strings.ToLower(name), ".")
	switch {
	case device == "con", device == "prn", device == "aux", device == "nul",
		len(device) == 4 && (strings.HasPrefix(device, "com") || strings.HasPrefix(device, "lpt")) && device[3] >= '0' && device[3] <= '9':
		return "Windows reserves the name for a device"
	}
	return ""
}

// An example is in example_test.go or example_<what>_test.go. A file in which nothing
// is tested holds what tests are built with: rig_test.go or rig_<what>_test.go, and
// fake_test.go or fake_<what>_test.go for a stand-in for a server. export_test.go
// is Go's own name, and docs_test.go has the snippets of a page, which only compile. So nobody opens a file of tests and finds none.
func TestExamplesAndRigsAreNamedAlike(t *testing.T) {
	inCheckout(t)
	var (
		tested  = regexp.MustCompile(`^(Test|Benchmark|Fuzz)`)
		example = regexp.MustCompile(`^example(_\w+)?_test\.go$`)
		rig     = regexp.MustCompile(`^((rig|fake)(_\w+)?|export|docs)_test\.go$`)
	)
	for _, file := range find(t, "_test.go", true) {
		tests, examples := 0, 0
		for _, decl := range parse(t, token.NewFileSet(), file).Decls {
			f, ok := decl.(*ast.FuncDecl)
			switch {
			case !ok || f.Recv != nil:
			case tested.MatchString(f.Name.Name):
				tests++
			case strings.HasPrefix(f.Name.Name, "Example"):
				examples++
			}
		}
		switch name := path.Base(file); {
		case examples > 0 != example.MatchString(name):
			t.Errorf("%s has %d examples: they belong in example_test.go or example_<what>_test.go, and nothing else does", file, examples)
		case tests+examples == 0 && !rig.MatchString(name):
			t.Errorf("%s tests nothing: name it rig_<what>_test.go, or fake_<what>_test.go for a fake server", file)
		}
	}
}
