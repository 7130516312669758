package clouds_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/age"
	"github.com/secretmux/secretmux/providers/aws"
	"github.com/secretmux/secretmux/providers/azure"
	"github.com/secretmux/secretmux/providers/exec"
	"github.com/secretmux/secretmux/providers/gcp"
	"github.com/secretmux/secretmux/providers/local"
	"github.com/secretmux/secretmux/providers/vault"
	"github.com/secretmux/secretmux/testing/memory"
)

// Each config string in the README's table of backends opens, and it has every
// scheme.
func TestREADME(t *testing.T) {
	passInPath(t)
	var listed, schemes []string
	for _, config := range tableOfBackends(t) {
		scheme, _, _ := strings.Cut(config, ":")
		listed = append(listed, scheme)
		opens(t, config)
	}
	for _, backend := range allBackends() {
		schemes = slices.AppendSeq(schemes, maps.Keys(backend))
	}
	slices.Sort(listed)
	slices.Sort(schemes)
	if !slices.Equal(listed, schemes) {
		t.Errorf("the table has %q, want each of %q once", listed, schemes)
	}
}

// So do the config strings of several links, in the README and in the page about
// them.
func TestConfigStrings(t *testing.T) {
	chain := regexp.MustCompile("(?m)(?:^|['`])((?:env|file):[^\\s'`]*[,|][^\\s'`]*)")
	for file, least := range map[string]int{"../../README.md": 4, "../../docs/config.md": 4, "../../docs/cookbook.md": 2} {
		found := chain.FindAllStringSubmatch(read(t, file), -1)
		if len(found) < least {
			t.Errorf("%s has %d config strings of several links", file, len(found))
		}
		for _, match := range found {
			opens(t, match[1])
		}
	}
}

func allBackends() []secretmux.Backend {
	return []secretmux.Backend{
		local.Backend(), memory.New(nil).Backend(), aws.Backend(), vault.Backend(), gcp.Backend(), azure.Backend(),
		age.Backend(), exec.Backend(),
	}
}

// passInPath has the password manager of the table's row in PATH, which opening an
// exec: link looks for and does not run.
func passInPath(t *testing.T) {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"pass", "pass.exe"} {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", folder)
}

func opens(t *testing.T, config string) {
	t.Helper()
	store, err := secretmux.Open(t.Context(), config, allBackends()...)
	if err == nil {
		err = store.Close()
	}
	if err != nil {
		t.Errorf("%s: %v", config, err)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// tableOfBackends returns the code in the first column.
func tableOfBackends(t *testing.T) []string {
	t.Helper()
	_, table, ok := strings.Cut(read(t, "../../README.md"), "\n| config string |")
	table, _, _ = strings.Cut(table, "\n\n")
	if !ok {
		t.Fatal("the README has no table of backends")
	}
	var configs []string
	for _, row := range strings.Split(table, "\n")[2:] { // after the header and its rule
		cell := strings.Split(row, "|")[1]
		for _, code := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cell, -1) {
			configs = append(configs, code[1])
		}
	}
	if len(configs) == 0 {
		t.Error("the table has no rows")
	}
	return configs
}
