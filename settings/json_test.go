package settings_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/local"
	"github.com/secretmux/secretmux/settings"
)

// JSON of another shape than the field's is not cut at its commas. If two members
// have one name, neither is chosen.
func TestJSONOfAnotherShape(t *testing.T) {
	type deep struct {
		In struct{ A string } `json:"in"`
	}
	object, list := `{"a":"`+canary+`","b":"x"}`, `["`+canary+`","a:1"]`
	twice, below := `{"a":"1","a":"`+canary+`"}`, `{"in":{"a":"1","a":"`+canary+`"}}`
	for name, tt := range map[string]struct {
		load func(text string) error
		text string
		want string
	}{
		"an object for a list":         {loads[[]string](t), object, "JSON object"},
		"an object for a list, spaced": {loads[[]int](t), " " + object + "\n", "JSON object"},
		"an object for secrets":        {loads[[]secretmux.Secret](t), object, ""},
		"a list for pairs":             {loads[map[string]string](t), list, "JSON list"},
		"a member twice in pairs":      {loads[map[string]string](t), twice, "twice"},
		"a member twice, escaped":      {loads[map[string]string](t), `{"a":"1","\u0061":"2"}`, "twice"},
		"a member twice in a document": {loadsDocument[deep](t), below, "twice"},
		"a member twice in a list":     {loadsDocument[[]map[string]string](t), "[" + twice + "]", "twice"},
	} {
		t.Run(name, func(t *testing.T) {
			err := tt.load(tt.text)
			if problemsIn(t, err); !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v lacks %q", err, tt.want)
			}
		})
	}
	// Two objects may each have a member of one name.
	type doc struct {
		Doc []map[string]string `secret:"doc" encoding:"json"`
	}
	mustLoad[doc](t, map[string]string{"doc": `[{"a":"a"},{"a":"a","b":"a"}]`})
}

func loads[T any](t *testing.T) func(string) error {
	t.Helper()
	return func(text string) error {
		_, err := load[plain[T]](t, set(text), settings.Options{})
		return err
	}
}

func loadsDocument[T any](t *testing.T) func(string) error {
	t.Helper()
	type config struct {
		Doc T `secret:"doc" encoding:"json"`
	}
	return func(text string) error {
		_, err := load[config](t, map[string]string{"doc": text}, settings.Options{})
		return err
	}
}

// A missing file is one cause for all fields that would be in it.
func TestAMissingFileIsOneBlock(t *testing.T) {
	folder := filepath.ToSlash(t.TempDir())
	for _, config := range []string{"dotenv:" + folder + "/.env", "file:" + folder + "/no?missing=absent", "docker:" + folder + "/no"} {
		store, err := secretmux.Open(t.Context(), config, local.Backend())
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		_, err = settings.Load[struct{ A, B, C string }](t.Context(), store, settings.Options{})
		if err == nil || strings.Count(err.Error(), "there is no") != 1 || strings.Count(err.Error(), "\n") != 3 {
			t.Errorf("%s:\n%v", config, err)
		}
	}
}
