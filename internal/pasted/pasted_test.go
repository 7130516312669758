package pasted_test

import (
	"strings"
	"testing"

	"github.com/secretmux/secretmux/internal/pasted"
)

func TestHint(t *testing.T) {
	const canary = "hunter2"
	for text, want := range map[string]string{
		"":                        "write scheme:",
		"'env:'":                  "take the quotes out",
		"“env:":                   "take the quotes out",
		"$" + canary:              "the variable was not replaced",
		"{{ " + canary + " }}":    "the variable was not replaced",
		"export SECRETS=env:":     "leave out the name of the variable",
		canary + "=dotenv:.env":   "leave out the name of the variable",
		"dotenv":                  "a colon ends the scheme",
		"[env:":                   "all links as one text",
		"- env:":                  "all links as one text",
		"/etc/" + canary:          "write dotenv: in front of the path",
		`\\server\` + canary:      "write dotenv: in front of the path",
		canary + ".env":           "write dotenv: in front of the path",
		canary + " and no scheme": "write scheme:",
	} {
		if hint := pasted.Hint(text); !strings.Contains(hint, want) || strings.Contains(hint, canary) {
			t.Errorf("Hint(%q) = %q, want %q", text, hint, want)
		}
	}
}

func TestHidden(t *testing.T) {
	for text, want := range map[string]string{
		"env:, dotenv:": "",
		"env:\ndotenv:": "a comma separates links",
		"env:\u200b":    "U+200B",
		"env:\x00":      "U+0000",
		"env:\xff":      "",
	} {
		if got := pasted.Hidden(text); !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("Hidden(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestSchemesHaveAHome(t *testing.T) {
	for _, scheme := range pasted.Schemes() {
		if pasted.Home(scheme) == "" || pasted.Instead(scheme) != "" {
			t.Errorf("%s: home %q, instead %q", scheme, pasted.Home(scheme), pasted.Instead(scheme))
		}
	}
	if pasted.Home("ssm") != "" || pasted.Instead("ssm") != "aws-ps:" {
		t.Error("ssm is not a scheme; aws-ps: is to be written")
	}
}
