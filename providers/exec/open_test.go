package exec_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/exec"
	"github.com/secretmux/secretmux/testing/conformance"
)

func TestOpenReportsMistakes(t *testing.T) {
	self, err := os.Executable()
	must(t, err)
	link := func(params string) string {
		return (&secretmux.URI{Scheme: "exec", Path: filepath.ToSlash(self)}).String() + params
	}
	for what, c := range map[string]struct{ link, want string }{
		"nothing":             {"exec:", "names no program"},
		"a relative path":     {"exec:./" + canary + "?arg={name}", "relative path"},
		"a relative folder":   {"exec:bin/" + canary + "?arg={name}", "relative path"},
		"no such program":     {"exec:" + canary + "?arg={name}", "does not exist"},
		"no such path":        {"exec:///" + canary + "?arg={name}", "does not exist"},
		"a host":              {"exec://" + canary + "/op?arg={name}", "takes no host"},
		"no name":             {link("?arg=" + canary), "does not say which secret"},
		"two names":           {link("?arg={name}&name=" + canary), "both {name} and name="},
		"a bad name":          {link("?name=../" + canary), "is not the name"},
		"an empty argument":   {link("?arg=&arg={name}"), "the parameter arg is empty"},
		"a bad code":          {link("?arg={name}&notfound=256"), "notfound takes"},
		"code 0":              {link("?arg={name}&notfound=0"), "notfound takes"},
		"a value in env=":     {link("?arg={name}&env=TOKEN=" + canary), "not a list"},
		"an unknown one":      {link("?arg={name}&" + canary + "=1"), "unknown parameter"},
		"a parameter twice":   {link("?arg={name}&env=" + canary + "&env=B"), "twice"},
		"a control character": {link("?arg={name}&arg=" + canary + "%07"), "control character"},
	} {
		_, err := secretmux.Open(t.Context(), c.link, exec.Backend())
		if !errors.Is(err, secretmux.ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", what, err, c.want)
			continue
		}
		conformance.NoLeak(t, err, canary)
	}
}

func TestOptionsReportMistakes(t *testing.T) {
	for what, o := range map[string]exec.Options{
		"an empty argument": {Args: []string{"", "{name}"}}, "a NUL": {Args: []string{"{name}", canary + "\x00"}},
		"a line break":       {Args: []string{"{name}", canary + "\n"}},
		"a negative code":    {Args: []string{"{name}"}, NotFound: -1},
		"an empty variable":  {Args: []string{"{name}"}, Env: []string{""}},
		"a variable's value": {Args: []string{"{name}"}, Env: []string{"A=" + canary}},
	} {
		o.Program = os.Args[0]
		_, err := exec.New(o)
		if !errors.Is(err, secretmux.ErrInvalid) {
			t.Errorf("%s: %v", what, err)
			continue
		}
		conformance.NoLeak(t, err, canary)
	}
}

// The address of a provider opens the same command.
func TestAddress(t *testing.T) {
	o := exec.Options{
		Args: []string{"play", "arguments", "{name}", "a,b|c&d=e+f g%h#i;j?k", "{name}{name}", "-x"}, Env: []string{"A", "B"},
		NotFound: 44, KeepEmpty: true, Raw: true,
	}
	p := open(t, o)
	store, err := secretmux.Open(t.Context(), p.String()+"&ttl=1h", exec.Backend())
	must(t, err)
	defer func() { _ = store.Close() }()
	s, err := store.Get(t.Context(), "n")
	if want := `["n" "a,b|c&d=e+f g%h#i;j?k" "nn" "-x"]`; err != nil || s.Reveal() != want || s.Source() != p.String()+"&ttl=1h" {
		t.Errorf("%s from %s, %v, want %s from %s", s.Reveal(), s.Source(), err, want, p)
	}
	u, err := secretmux.ParseURI(p.String())
	must(t, err)
	again, err := exec.Backend()[exec.Scheme](t.Context(), u)
	must(t, err)
	if got := again.(*exec.Provider).String(); got != p.String() {
		t.Errorf("%s became %s", p, got)
	}
}

// One command can print one JSON secret with all secrets of a service.
func TestDocument(t *testing.T) {
	p := open(t, exec.Options{Args: []string{"play", "print", `{"db":{"password":"hunter2"},"port":5432}`}})
	link := strings.Replace(p.String(), "name=x", "name=app", 1) + "&document=app"
	store, err := secretmux.Open(t.Context(), link, exec.Backend())
	must(t, err)
	defer func() { _ = store.Close() }()
	for ref, want := range map[string]string{"db#password": "hunter2", "port": "5432"} {
		if s, err := store.Get(t.Context(), ref); err != nil || s.Reveal() != want {
			t.Errorf("%s is %q, %v", ref, s.Reveal(), err)
		}
	}
}

// Find replaces the search in PATH. Its answer is checked in the same way.
func TestFind(t *testing.T) {
	self, err := os.Executable()
	must(t, err)
	o := exec.Options{Program: "no-such-program", Args: []string{"{name}"}}
	for want, path := range map[string]string{"": self, "relative folder": "op", "does not exist": ""} {
		o.Find = func(string) (string, error) {
			if path == "" {
				return "", os.ErrNotExist
			}
			return path, nil
		}
		_, err := exec.New(o)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", path, err, want)
		}
	}
}
