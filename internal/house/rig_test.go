// Package house_test checks how this repository is built: its modules, layers, sizes
// and names, and that its sentences are plain.
package house_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// inRoot runs a test in the root of the repository. A TestMain that went there would
// do so before the testing package notes which files a test reads, and go test would
// take results for current that are not.
func inRoot(t *testing.T) {
	t.Helper()
	t.Chdir("../..")
}

// outsideWorkspace are the modules that go.work leaves out: they compile a whole
// Vault server, sops and this library's peers, and talk to real servers.
func outsideWorkspace() []string {
	return []string{"benchmarks", "testing/adapters", "testing/integration", "testing/sops"}
}

// inCheckout skips a test about the other modules where they can't be: the
// module proxy serves each module without those nested in it.
func inCheckout(t *testing.T) {
	t.Helper()
	inRoot(t)
	if _, err := os.Stat(".git"); err != nil {
		t.Skip("not a checkout of the repository: nested modules are not here")
	}
}

// find returns the slash-separated paths of the files with this suffix, those of
// nested modules only on request.
func find(t *testing.T, suffix string, nested bool) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !entry.IsDir() {
			if strings.HasSuffix(file, suffix) {
				found = append(found, filepath.ToSlash(file))
			}
			return nil
		}
		name := entry.Name()
		if name == "testdata" || name == "vendor" || (file != "." && strings.HasPrefix(name, ".")) {
			return filepath.SkipDir
		}
		if _, err := os.Stat(filepath.Join(file, "go.mod")); err == nil && file != "." && !nested {
			return filepath.SkipDir
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func parse(t *testing.T, set *token.FileSet, file string) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func imports(t *testing.T, file string) []string {
	t.Helper()
	var paths []string
	for _, spec := range parse(t, token.NewFileSet(), file).Imports {
		unquoted, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, unquoted)
	}
	return paths
}

// standard relies on the go command's rule that the first element of any other
// import path has a dot.
func standard(importPath string) bool {
	first, _, _ := strings.Cut(importPath, "/")
	return !strings.Contains(first, ".")
}

// goJSON runs the go command and decodes what it prints.
func goJSON(t *testing.T, into any, args ...string) {
	t.Helper()
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		t.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
	if err := json.Unmarshal(out, into); err != nil {
		t.Fatal(err)
	}
}
