package dotenv_test

import (
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/dotenv"
	"github.com/secretmux/secretmux/providers/env"
	"github.com/secretmux/secretmux/testing/conformance"
)

func TestConformance(t *testing.T) {
	conformance.Run(t, func(t *testing.T) *conformance.Harness {
		return harness(t, dotenv.Options{Prefix: "APP_", KeepEmpty: true})
	})
}

func TestConformanceGodotenv(t *testing.T) {
	conformance.Run(t, func(t *testing.T) *conformance.Harness {
		return harness(t, dotenv.Options{Dialect: dotenv.Godotenv, KeepEmpty: true})
	})
}

// file is a .env file that a test assigns to.
type file struct {
	path   string
	values map[string]string // exactly as in the file, with quotes
}

func harness(t *testing.T, o dotenv.Options) *conformance.Harness {
	t.Helper()
	f := &file{path: write(t, ""), values: make(map[string]string)}
	p := open(t, f.path, o)
	return &conformance.Harness{
		Provider: p,
		Set: func(t *testing.T, name string, value []byte) {
			t.Helper()
			f.values[env.Name(o.Prefix, name)] = quote(string(value))
			f.save(t, "")
		},
		Delete: func(t *testing.T, name string) {
			t.Helper()
			delete(f.values, env.Name(o.Prefix, name))
			f.save(t, "")
		},
		Reopen: conformance.ReopenWith(dotenv.Backend()),
		Fails:  []error{secretmux.ErrInvalid, secretmux.ErrTooLarge, secretmux.ErrDenied, secretmux.ErrUnavailable},
		Fail: func(t *testing.T, name string, class error) {
			t.Helper()
			f.fail(t, p, f.values[env.Name(o.Prefix, name)], class)
		},
		Down: func(t *testing.T) { t.Helper(); f.fail(t, p, "", secretmux.ErrUnavailable) },
		Capabilities: []conformance.Capability{
			conformance.CapEmpty, conformance.CapLarge, conformance.CapUnicode, conformance.CapSymbols, conformance.CapLines,
			conformance.CapNested, conformance.CapMany, conformance.CapList, conformance.CapCheck, conformance.CapFail, conformance.CapDown,
		},
	}
}

func (f *file) save(t *testing.T, more string) {
	t.Helper()
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(f.values)) {
		b.WriteString(key + "=" + f.values[key] + "\n")
	}
	rewrite(t, f.path, b.String()+more)
}

func (f *file) fail(t *testing.T, p *dotenv.Provider, value string, class error) {
	t.Helper()
	switch {
	case errors.Is(class, secretmux.ErrInvalid):
		f.save(t, "- "+value+"\n")
	case errors.Is(class, secretmux.ErrTooLarge):
		f.save(t, strings.Repeat("# "+value+"\n", 1<<16))
	default:
		cause := map[error]error{secretmux.ErrDenied: fs.ErrPermission, secretmux.ErrUnavailable: fs.ErrClosed}[class]
		p.SetOpen(func(path string) (fs.File, error) { return nil, &fs.PathError{Op: "open", Path: path, Err: cause} })
	}
}

// quote writes a value so that both dialects read it. It uses single quotes, or
// double quotes if the value has a single quote. godotenv can't read a value that
// needs double quotes and ends in one.
func quote(value string) string {
	if !strings.Contains(value, "'") {
		return "'" + value + "'"
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`).Replace(value) + `"`
}
