package clouds_test

import (
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const (
	ours     = "github.com/secretmux/secretmux"
	godotenv = "github.com/joho/godotenv"
)

// A program with only the local backends compiles no module except godotenv. One
// with only Vault compiles no module at all. One with another cloud compiles no
// other cloud's SDK. The clouds' own rows show that an SDK would be seen.
func TestProgramsCompileOnlyTheirBackend(t *testing.T) {
	sdks := map[string]string{
		"aws": "github.com/aws/", "gcp": "cloud.google.com/", "azure": "github.com/Azure/",
	}
	programs := []struct {
		folder, program, sdk string
		want                 []string // without an SDK
	}{
		{"../../examples", "./quickstart", "", []string{godotenv}},
		{".", "./footprint/local", "", []string{godotenv}},
		{".", "./footprint/vault", "", nil},
		{".", "./footprint/aws", "aws", nil},
		{".", "./footprint/gcp", "gcp", nil},
		{".", "./footprint/azure", "azure", nil},
	}
	for _, p := range programs {
		t.Run(p.program, func(t *testing.T) {
			modules := compiled(t, p.folder, p.program)
			if p.sdk == "" {
				if !slices.Equal(modules, p.want) {
					t.Errorf("it compiles %q, want %q", modules, p.want)
				}
				return
			}
			for sdk, prefix := range sdks {
				found := slices.ContainsFunc(modules, func(module string) bool { return strings.HasPrefix(module, prefix) })
				if found != (sdk == p.sdk) {
					t.Errorf("it compiles the SDK of %s: %v", sdk, found)
				}
			}
		})
	}
}

// compiled returns the modules of others that a program has packages of.
func compiled(t *testing.T, folder, program string) []string {
	t.Helper()
	c := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", program)
	c.Dir = folder
	c.Env = append(os.Environ(), "HOME="+home) // where the go command's caches may be
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	modules := map[string]bool{}
	for _, module := range strings.Fields(string(out)) {
		if module != ours && !strings.HasPrefix(module, ours+"/") {
			modules[module] = true
		}
	}
	return slices.Sorted(maps.Keys(modules))
}
