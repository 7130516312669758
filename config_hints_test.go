package secretmux_test

import (
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/conformance"
)

// What is pasted in place of a config string, from shells, templates, lists, consoles
// and other tools, is refused with what to write.
func TestPastedConfigStrings(t *testing.T) {
	const canary = "Zq7xKw9vJj4yQz8g"
	for config, hint := range map[string]string{
		"{{ .Values." + canary + " }}": "replaced", "%" + canary + "%": "replaced", "<" + canary + ">": "replaced", "$(" + canary + ")": "replaced",
		"[memory:,memory:]": "without brackets", "- memory:" + canary: "without brackets", `{"a":"` + canary + `"}`: "without brackets",
		"/etc/" + canary: "file:", "./.env": "dotenv:", "prod.env": "dotenv:", "~/" + canary: "dotenv:", `C:\app\` + canary: "dotenv:",
		"memory:,memory:" + canary + ";": "%3B", "memory:?on=denied,unavailable": "joined with +",
		"\ufeffmemory:" + canary: "U+FEFF", "memory:\u200b,memory:": "U+200B", "memory:\u00a0" + canary: "U+00A0", "memory:\nmemory:": "line break", "memory:a\x1b": "U+001B",
		"https://" + canary + ".vault.azure.net/": "azure-kv://", "http://localhost:8200/v1/" + canary: "vault://",
		"arn:aws:secretsmanager:eu-west-1:1:secret:" + canary: "ARN", "ssm://eu-west-1": "aws-ps:", "secretsmanager:" + canary: "aws-sm:",
		"gsm://" + canary: "gcp-sm:", "akv://" + canary: "azure-kv:", "hcvault://" + canary: "vault:", "k8s:" + canary: "file:", "op://" + canary + "/x": "exec:",
	} {
		_, err := secretmux.Open(t.Context(), config, opens(has(""), has(""), has("")))
		wantInvalid(t, err)
		if err == nil || !strings.Contains(err.Error(), hint) {
			t.Errorf("%q: %v lacks %q", config, err, hint)
		}
		conformance.NoLeak(t, err, canary)
	}
	for _, config := range []string{"memory:,\nmemory:\n", " memory: | memory: ", "memory:?prefix=ä", "memory:a%3B"} {
		s, err := secretmux.Open(t.Context(), config, opens(has(""), has("")))
		if err != nil {
			t.Errorf("%q: %v", config, err)
			continue
		}
		_ = s.Close()
	}
}
