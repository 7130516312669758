package local_test

import (
	"os/exec"
	"strings"
	"testing"
)

// A program that imports this package gets the standard library, godotenv and
// the root module, and nothing else.
func TestDependencies(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", ".")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	const root = "github.com/secretmux/secretmux"
	found := 0
	for _, path := range strings.Fields(string(out)) {
		local, ours := strings.CutPrefix(path+"/", root+"/providers/")
		switch {
		case path == root, path == root+"/cache", path == "github.com/joho/godotenv",
			strings.HasPrefix(path, root+"/internal/"), strings.HasPrefix(path, root+"/providers/internal/"):
		case ours && strings.Count(local, "/") == 1:
			found++
		default:
			t.Errorf("it depends on %s", path)
		}
	}
	if found != 6 {
		t.Errorf("it depends on %d providers, itself included; want 6", found)
	}
}
