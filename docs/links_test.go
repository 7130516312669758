package docs_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
)

// Each relative link leads to a file, and each #anchor to a heading of it.
func TestLinks(t *testing.T) {
	inCheckout(t)
	for _, page := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(withoutBlocks(read(t, page)), -1) {
			target, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") {
				continue
			}
			at := page
			if target != "" {
				at = path.Join(path.Dir(page), target)
			}
			if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(at))); err != nil {
				t.Errorf("%s links to %s, which is not there", page, m[1])
				continue
			}
			if anchor != "" && !anchors(read(t, at))[anchor] {
				t.Errorf("%s links to %s, where no heading is called that", page, m[1])
			}
		}
	}
}

// A stranger finds each example from the front page or the cookbook.
func TestEveryExampleIsLinked(t *testing.T) {
	inCheckout(t)
	linked := map[string]bool{}
	for target := range linkedFrom(t, "README.md", "docs/cookbook.md") {
		for ; target != "." && target != "/"; target = path.Dir(target) {
			linked[target] = true
		}
	}
	examples := 0
	entries, err := os.ReadDir(filepath.Join(root, "examples"))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !entry.IsDir() || entry.Name() == "internal" {
			continue
		}
		examples++
		if !linked["examples/"+entry.Name()] {
			t.Errorf("examples/%s is linked neither from README.md nor from docs/cookbook.md", entry.Name())
		}
	}
	if examples == 0 {
		t.Error("no example was found")
	}
}

// A page of docs, and a package of adapters, is one link away from the front page or the
// cookbook.
func TestEveryPageAndAdapterIsLinked(t *testing.T) {
	inCheckout(t)
	linked := linkedFrom(t, "README.md", "docs/cookbook.md")
	for _, page := range pages(t) {
		if path.Dir(page) == "docs" && page != "docs/cookbook.md" && !linked[page] {
			t.Errorf("%s is linked neither from README.md nor from docs/cookbook.md", page)
		}
	}
	adapters := map[string]bool{}
	for _, file := range goFiles(t, "adapters") {
		adapters[path.Dir(file)] = true
	}
	for dir := range adapters {
		if !linked[dir] {
			t.Errorf("%s is linked neither from README.md nor from docs/cookbook.md", dir)
		}
	}
	if len(adapters) == 0 {
		t.Error("no adapter was found")
	}
}

// goFiles returns the files of Go below a folder, without tests.
func goFiles(t *testing.T, below string) []string {
	t.Helper()
	var found []string
	err := fs.WalkDir(os.DirFS(root), below, func(file string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(file, ".go") && !strings.HasSuffix(file, "_test.go") {
			found = append(found, file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// linkedFrom returns the files and folders that the links of the pages lead to.
func linkedFrom(t *testing.T, from ...string) map[string]bool {
	t.Helper()
	linked := map[string]bool{}
	for _, page := range from {
		for _, m := range link.FindAllStringSubmatch(read(t, page), -1) {
			target, _, _ := strings.Cut(m[1], "#")
			linked[path.Join(path.Dir(page), target)] = true
		}
	}
	return linked
}

func withoutBlocks(text string) string {
	return regexp.MustCompile("(?ms)^ *```.*?^ *```$|`[^`\n]*`").ReplaceAllString(text, "")
}

// anchors are the ids that GitHub gives to the headings of a page.
func anchors(text string) map[string]bool {
	ids := map[string]bool{}
	drop := regexp.MustCompile(`[^\p{L}\p{N} _-]`)
	for _, m := range heading.FindAllStringSubmatch(regexp.MustCompile("(?ms)^ *```.*?^ *```$").ReplaceAllString(text, ""), -1) {
		id := drop.ReplaceAllString(strings.ToLower(m[1]), "")
		ids[strings.ReplaceAll(id, " ", "-")] = true
	}
	return ids
}
