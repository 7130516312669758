package settings_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/settings"
)

// everything has a field of each way to decode, all filled from one secret.
type everything struct {
	Secret   secretmux.Secret `secret:"value" validate:"max=3"`
	Text     string           `secret:"value" validate:"email"`
	Number   int              `secret:"value"`
	Float    float64          `secret:"value"`
	Bool     bool             `secret:"value"`
	Duration time.Duration    `secret:"value"`
	Time     time.Time        `secret:"value"`
	URL      url.URL          `secret:"value" validate:"http_url"`
	Levels   []level          `secret:"value"`
	Level    level            `secret:"value"`
	Map      map[string]int   `secret:"value"`
	Base64   []byte           `secret:"value" encoding:"base64"`
	Hex      []byte           `secret:"value" encoding:"hex"`
	JSON     map[string]int   `secret:"value" encoding:"json"`
	Doc      struct {
		User map[string]string `json:"user" validate:"dive,keys,max=3,endkeys,max=3"`
	} `secret:"value"`
	Field string `secret:"value#user"`
}

// FuzzLoadLeaksNothing puts the canary on both sides of any text.
func FuzzLoadLeaksNothing(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		for _, value := range []string{canary + text + canary, text, `{"user":"` + canary + text} {
			_, err := load[everything](t, set(value), settings.Options{AllowPlaceholders: len(text)%2 == 0})
			if strings.Contains(value, canary) && err == nil {
				t.Errorf("%q became everything", value)
			}
			noLeak(t, err)
		}
	})
}

// FuzzCheckExample looks for values in the errors about a file.
func FuzzCheckExample(f *testing.F) {
	f.Add(serviceExample)
	f.Fuzz(func(t *testing.T, text string) {
		for _, file := range []string{text, text + canary, text + "PORT=" + canary, serviceExample + text + canary + "="} {
			noLeak(t, settings.CheckExample[service](strings.NewReader(file)))
		}
	})
}
