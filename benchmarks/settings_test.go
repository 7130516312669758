package benchmarks

import (
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/caarlos0/env/v11"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/settings"
)

const (
	settingsRounds = 21 // the median counts
	settingsLoads  = 500
	mostSettings   = 3.0
)

// thirty is a struct of 30 settings of the usual types. Package env finds them by
// tag, package settings by the names of the fields.
type thirty struct {
	A0 string        `env:"A0"`
	A1 string        `env:"A1"`
	A2 string        `env:"A2"`
	A3 string        `env:"A3"`
	A4 string        `env:"A4"`
	A5 string        `env:"A5"`
	A6 string        `env:"A6"`
	A7 string        `env:"A7"`
	A8 string        `env:"A8"`
	A9 string        `env:"A9"`
	B0 int           `env:"B0"`
	B1 int           `env:"B1"`
	B2 int           `env:"B2"`
	B3 int           `env:"B3"`
	B4 int           `env:"B4"`
	B5 int           `env:"B5"`
	C0 bool          `env:"C0"`
	C1 bool          `env:"C1"`
	C2 bool          `env:"C2"`
	C3 bool          `env:"C3"`
	D0 time.Duration `env:"D0"`
	D1 time.Duration `env:"D1"`
	D2 time.Duration `env:"D2"`
	D3 time.Duration `env:"D3"`
	E0 float64       `env:"E0"`
	E1 float64       `env:"E1"`
	E2 float64       `env:"E2"`
	F0 []string      `env:"F0"`
	F1 []string      `env:"F1"`
	F2 []string      `env:"F2"`
}

// settingText is the text of a setting, by the letter of its name, in any case.
func settingText(name string) string {
	name = strings.ToLower(name)
	switch name[0] {
	case 'b':
		return "8080"
	case 'c':
		return "true"
	case 'd':
		return "1m30s"
	case 'e':
		return "0.25"
	case 'f':
		return "alpha,beta,gamma"
	}
	return secretValue(name)
}

// settingsLoaders return what fills a struct, each from what it has in memory.
func settingsLoaders(tb testing.TB) (fromMap, fromStore func() thirty) {
	tb.Helper()
	environment := map[string]string{}
	for f := range reflect.TypeFor[thirty]().Fields() {
		environment[f.Name] = settingText(f.Name)
	}
	store := newStore(tb, &instant{value: settingText}, secretmux.Options{TTL: time.Hour})
	fromMap = func() thirty {
		t, err := env.ParseAsWithOptions[thirty](env.Options{Environment: environment})
		if err != nil {
			tb.Fatal(err)
		}
		return t
	}
	fromStore = func() thirty {
		t, err := settings.Load[thirty](tb.Context(), store, settings.Options{})
		if err != nil {
			tb.Fatal(err)
		}
		return t
	}
	return fromMap, fromStore
}

// BenchmarkSettings times the two in turns, so that what the machine does besides
// hits both.
func BenchmarkSettings(b *testing.B) {
	scenario(b, "30 fields", func(b *testing.B) figures {
		fromMap, fromStore := settingsLoaders(b)
		if a, l := fromMap(), fromStore(); !reflect.DeepEqual(a, l) {
			b.Fatal("the two do not fill the struct with the same")
		}
		var alone, loaded []time.Duration
		for range settingsRounds {
			runtime.GC()
			alone = append(alone, timeLoads(fromMap))
			loaded = append(loaded, timeLoads(fromStore))
		}
		slices.Sort(alone)
		slices.Sort(loaded)
		base, took := alone[settingsRounds/2], loaded[settingsRounds/2]
		ratio := float64(took) / float64(base)
		const title = "A struct of 30 settings, us each"
		header := []string{"", "us", "x caarlos0/env"}
		board.row(title, header, "caarlos0/env alone, from a map", microseconds(base/settingsLoads), "1.00")
		board.row(title, header, "settings.Load, over a warm store", microseconds(took/settingsLoads), number(ratio, true))
		board.target("settings.Load of 30 fields", fmt.Sprintf("%.2f x", ratio), "at most 3 x caarlos0/env from a map", ratio <= mostSettings)
		return figures{"ns/load": float64(took.Nanoseconds()) / settingsLoads}
	})
}

func timeLoads(load func() thirty) time.Duration {
	var last thirty
	start := time.Now()
	for range settingsLoads {
		last = load()
	}
	took := time.Since(start)
	runtime.KeepAlive(last)
	return took
}
