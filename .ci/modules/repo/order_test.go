package repo_test

import (
	"path"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"

	"github.com/secretmux/secretmux/ci/repo"
)

const root = "example.com/mux"

// mod is the module in a folder, with the lines of its go.mod after the first.
func mod(t *testing.T, dir, lines string) repo.Module {
	t.Helper()
	text := "module " + path.Join(root, dir) + "\n" + lines
	f, err := modfile.Parse(dir+"/go.mod", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return repo.Module{Dir: dir, Mod: []byte(text), File: f}
}

// needs is a module that requires those in these folders.
func needs(t *testing.T, dir string, others ...string) repo.Module {
	t.Helper()
	var lines strings.Builder
	for _, other := range others {
		lines.WriteString("require " + path.Join(root, other) + " v0.0.0\n")
	}
	return mod(t, dir, lines.String())
}

// renamed is a module whose folder was moved and its name was not.
func renamed(t *testing.T) repo.Module {
	t.Helper()
	m := mod(t, "providers/old", "")
	m.Dir = "providers/x"
	return m
}

func TestOrder(t *testing.T) {
	modules := []repo.Module{
		needs(t, "."),
		needs(t, ".ci/modules"),
		needs(t, "adapters/push/nats", "."),
		needs(t, "adapters/seal", ".", "providers/vault", "adapters/push/nats"),
		needs(t, "benchmarks", ".", "settings"),
		needs(t, "cmd/tool", ".", "adapters/seal", "providers/age", "settings"),
		needs(t, "examples/fleet", ".", "adapters/push/nats"),
		needs(t, "providers/age", ".", "providers/vault"),
		needs(t, "providers/vault", "."),
		needs(t, "settings", "."),
		needs(t, "testing/clouds", "providers/age"),
	}
	ordered, err := repo.Order(modules)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range ordered {
		got = append(got, m.Tag("v0.3.0"))
	}
	want := []string{
		"v0.3.0", "providers/vault/v0.3.0", "providers/age/v0.3.0", "settings/v0.3.0",
		"adapters/push/nats/v0.3.0", "adapters/seal/v0.3.0", "cmd/tool/v0.3.0",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestOrderRefuses(t *testing.T) {
	tests := []struct {
		name   string
		module repo.Module
		want   string
	}{
		{"a module in an unplanned folder", needs(t, "tools/x"), "tools/x/go.mod: no rule says"},
		{"a later kind", needs(t, "providers/x", "adapters/a"), "a module of kind provider requires example.com/mux/adapters/a, which is released later, as adapter"},
		{"the command", needs(t, "adapters/x", "cmd/tool"), "is released later, as command"},
		{"a module without a tag", needs(t, "adapters/x", "testing/clouds"), "requires example.com/mux/testing/clouds, which is not released"},
		{"a folder that is gone", needs(t, "settings", "providers/gone"), "requires example.com/mux/providers/gone, which is in no folder"},
		{"a module of another name", renamed(t), "its tag would be for example.com/mux/providers/x"},
		{"a fork in the command", mod(t, "cmd/x", "replace example.com/a => example.com/b v1.0.0"), "cmd/x/go.mod: it replaces example.com/a"},
		{"a fork in a library", mod(t, "adapters/x", "replace example.com/a v1.0.0 => ../a"), "users get the original"},
		{"an exclusion in the command", mod(t, "cmd/x", "exclude example.com/a v1.0.0"), "excludes example.com/a@v1.0.0"},
		{"a circle", needs(t, "adapters/a", "adapters/a"), "circle: adapters/a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			modules := []repo.Module{needs(t, "."), needs(t, "adapters/a"), needs(t, "cmd/tool"), needs(t, "testing/clouds")}
			modules = slices.DeleteFunc(modules, func(m repo.Module) bool { return m.Dir == tt.module.Dir })
			ordered, err := repo.Order(append(modules, tt.module))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %d modules and the error %v, want an error with %q", len(ordered), err, tt.want)
			}
		})
	}
}

func TestInternalModulesMayReplaceAndExclude(t *testing.T) {
	own := "replace (\n\texample.com/mux => ../..\n\texample.com/a => example.com/b v1.0.0\n)\nexclude example.com/c v1.0.0\n"
	if _, err := repo.Order([]repo.Module{needs(t, "."), mod(t, "testing/integration", own)}); err != nil {
		t.Error(err)
	}
	if _, err := repo.Order([]repo.Module{needs(t, "."), mod(t, "cmd/x", "replace example.com/mux => ../..\n")}); err != nil {
		t.Errorf("a line that the release drops: %v", err)
	}
}
