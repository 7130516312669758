package settings_test

import (
	"errors"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/go-playground/validator/v10"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/settings"
)

type ruled struct {
	Password secretmux.Secret  `validate:"min=64"`
	Mode     string            `validate:"oneof=fast slow"`
	Port     int               `validate:"min=1024,max=65535"`
	Wait     time.Duration     `validate:"max=1m"`
	Site     url.URL           `validate:"http_url"`
	Hosts    []string          `validate:"dive,min=64"`
	Labels   map[string]string `validate:"dive,keys,max=3,endkeys,max=3"`
	Copy     string            `validate:"eqfield=Mode"`
	Inner    struct {
		Name string `validate:"len=2"`
	}
	Doc struct {
		Key   string `json:"key" validate:"max=3"`
		Items []struct {
			Name string `json:"name" validate:"max=3"`
		} `json:"items" validate:"dive"`
	} `secret:"doc"`
	Maybe string `optional:"true" validate:"min=3"`
	Need  string `optional:"true" validate:"required_without=Maybe"`
}

func good() map[string]string {
	return map[string]string{
		"password": canary + canary + canary + canary, "mode": "fast", "port": "8080", "wait": "1s", "site": "https://h",
		"hosts": "", "labels": "", "copy": "fast", "inner/name": "ab", "doc": `{}`, "maybe": "abc",
	}
}

func TestRules(t *testing.T) {
	if _, err := load[ruled](t, good(), settings.Options{}); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, value, field, detail string }{
		{"password", canary, "Password", "min=64"},
		{"mode", canary, "Mode", "oneof=fast slow"},
		{"port", "80", "Port", "min=1024"},
		{"port", "70000", "Port", "max=65535"},
		{"wait", "61s", "Wait", "max=1m"},
		{"site", "ftp://" + canary, "Site", "http_url"},
		{"hosts", canary, "Hosts", "min=64"},
		{"labels", canary + ":a", "Labels", "max=3"},
		{"labels", "a:" + canary, "Labels", "max=3"},
		{"copy", canary, "Copy", "eqfield=Mode"},
		{"inner/name", canary, "Inner.Name", "len=2"},
		{"doc", `{"key":"` + canary + `"}`, "Doc.Key", "max=3"},
		{"doc", `{"items":[{"name":"` + canary + `"}]}`, "Doc.Items", ""},
		{"maybe", "a", "Maybe", "min=3"},
	}
	for _, tt := range tests {
		secrets := good()
		secrets[tt.name] = tt.value
		_, err := load[ruled](t, secrets, settings.Options{})
		problems := problemsIn(t, err)
		i := slices.IndexFunc(problems, func(p settings.Problem) bool { return p.Field == tt.field })
		if i < 0 {
			t.Errorf("%s: %v, want a problem of %s", tt.name, err, tt.field)
			continue
		}
		if p := problems[i]; !errors.Is(p.Class, settings.ErrRule) || p.Detail != tt.detail || p.Source != "memory:" || p.Ref == "" {
			t.Errorf("%s: %+v, want detail %q", tt.name, p, tt.detail)
		}
	}
}

func TestRulesOfOptionalFields(t *testing.T) {
	secrets := good()
	delete(secrets, "maybe") // absent: its own rule does not count, but Need's does
	_, err := load[ruled](t, secrets, settings.Options{})
	if p := problemsIn(t, err); len(p) != 1 || p[0].Field != "Need" || p[0].Detail != "required_without=Maybe" {
		t.Errorf("%v, want only Need", err)
	}
}

// A rule on a field that already has another problem is not reported.
func TestRulesAreForValuesThatAreThere(t *testing.T) {
	secrets := good()
	delete(secrets, "password")
	secrets["port"] = canary
	_, err := load[ruled](t, secrets, settings.Options{})
	p := problemsIn(t, err)
	if len(p) != 2 || !errors.Is(p[0].Class, secretmux.ErrNotFound) || !errors.Is(p[1].Class, settings.ErrUnparsable) {
		t.Errorf("%v, want one problem for each field", err)
	}
}

func TestRuleThatDoesNotFit(t *testing.T) {
	type config struct {
		Other string `validate:"min=64"`
		Value bool   `validate:"min=3"`
	}
	type unknown struct {
		Value string `validate:"no_such_rule"`
	}
	_, err := load[config](t, map[string]string{"other": canary, "value": "true"}, settings.Options{})
	if p := problemsIn(t, err); len(p) != 2 || p[0].Field != "Other" || p[1].Field != "Value" {
		t.Errorf("%v, want the rule that does not fit and the one that is broken", err)
	}
	_, err = load[unknown](t, set(canary), settings.Options{})
	if p := problemsIn(t, err); !errors.Is(p[0].Class, settings.ErrRule) || p[0].Detail == "" {
		t.Errorf("%v, want the unknown rule to be told", err)
	}
}

func TestRulesOfTheProgram(t *testing.T) {
	type config struct {
		Value string `validate:"even"`
		Other string `optional:"true" validate:"panics"`
	}
	v := settings.NewValidator()
	must(t, v.RegisterValidation("even", func(f validator.FieldLevel) bool { return len(f.Field().String())%2 == 0 }))
	must(t, v.RegisterValidation("panics", func(f validator.FieldLevel) bool {
		if s := f.Field().String(); s != "" {
			panic(s)
		}
		return true
	}))
	v.RegisterStructValidation(func(l validator.StructLevel) {
		if c, ok := l.Current().Interface().(config); ok && c.Value == canary+canary {
			l.ReportError(c.Value, "Value", "Value", "even", c.Value) // the rule reveals the value
		}
	}, config{})
	opts := settings.Options{Validator: v}
	if _, err := load[config](t, set("ab"), opts); err != nil {
		t.Error(err)
	}
	for _, secrets := range []map[string]string{set(canary + "x"), set(canary + canary), {"value": "ab", "other": canary}} {
		_, err := load[config](t, secrets, opts)
		if p := problemsIn(t, err); !errors.Is(p[0].Class, settings.ErrRule) {
			t.Errorf("%v, want ErrRule", err)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
