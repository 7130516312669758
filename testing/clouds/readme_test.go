package clouds_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws"
	"github.com/secretmux/secretmux/providers/azure"
	"github.com/secretmux/secretmux/providers/gcp"
	"github.com/secretmux/secretmux/providers/local"
	"github.com/secretmux/secretmux/providers/vault"
	"github.com/secretmux/secretmux/testing/memory"
)

// Each config string in the README's table of backends opens, and every scheme
// that there is stands in it.
func TestREADME(t *testing.T) {
	backends := []secretmux.Backend{
		local.Backend(), memory.New(nil).Backend(), aws.Backend(), vault.Backend(), gcp.Backend(), azure.Backend(),
	}
	var listed []string
	for _, config := range tableOfBackends(t) {
		scheme, _, _ := strings.Cut(config, ":")
		listed = append(listed, scheme)
		store, err := secretmux.Open(t.Context(), config, backends...)
		if err != nil {
			t.Errorf("%s: %v", config, err)
			continue
		}
		if err := store.Close(); err != nil {
			t.Errorf("%s: %v", config, err)
		}
	}
	var schemes []string
	for _, backend := range backends {
		for scheme := range backend {
			schemes = append(schemes, scheme)
		}
	}
	slices.Sort(listed)
	slices.Sort(schemes)
	if !slices.Equal(listed, schemes) {
		t.Errorf("the table has %q, want each of %q once", listed, schemes)
	}
}

// tableOfBackends returns what stands as code in the first column.
func tableOfBackends(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(string(text), "\n| config string |")
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
