// Package pasted guesses where a text comes from that was given in place of a config
// string, so that its error says what to write. No hint quotes the text, except for a
// character that nobody can see.
package pasted

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	// leftOver finds the text before a config string, if a whole line was given.
	leftOver = regexp.MustCompile(`^(export\s+)?[A-Za-z_][A-Za-z0-9_]*=`)
	// unreplaced finds what a shell, a template or a person should have replaced.
	unreplaced = regexp.MustCompile(`^(\$|\{\{|<[^<>]*>$|%[A-Za-z_][A-Za-z0-9_]*%$)`)
	// item finds what begins and ends a list of YAML or JSON.
	item = regexp.MustCompile(`^(\[|\{|- )|[\]}]$`)
	// bare finds a path, which has no scheme.
	bare = regexp.MustCompile(`^(~|\.|/|\\\\)|^[^:]*\.env$`)
)

// PathHint says what to write for a path without a scheme.
const PathHint = "write dotenv: in front of the path of a .env file, or file: in front of that of a folder"

// Hint says what to write in place of s, which is not a URI.
func Hint(s string) string {
	const quotes = "'\"`\u2018\u2019\u201c\u201d\u201e"
	first, _ := utf8.DecodeRuneInString(s)
	last, _ := utf8.DecodeLastRuneInString(s)
	switch {
	case s == "":
	case strings.ContainsRune(quotes, first), strings.ContainsRune(quotes, last):
		return "take the quotes out: docker --env-file, systemd's EnvironmentFile and Kubernetes hand quotes on as they are"
	case unreplaced.MatchString(s):
		return "the variable was not replaced: write its value"
	case leftOver.MatchString(s):
		return "leave out the name of the variable and its ="
	case slices.Contains(Schemes(), s):
		return "a colon ends the scheme, as in env: or dotenv:.env"
	case item.MatchString(s):
		return "write all links as one text with commas between them, without brackets and dashes of a list"
	case bare.MatchString(s):
		return PathHint
	}
	return "write scheme:, scheme:path or scheme://authority/path, as in env: or file:///etc/secrets; a literal , is %2C, and what on= and only= take is joined with +"
}

// Hidden names the first character of s that a reader can't see. It returns nothing if
// all can be seen.
func Hidden(s string) string {
	for _, r := range s {
		if r == '\n' {
			return "a comma separates links, and not a line break"
		}
		if r != utf8.RuneError && r != ' ' && !unicode.IsPrint(r) {
			return fmt.Sprintf("an invisible character, %U, is in it: type the text again", r)
		}
	}
	return ""
}

// Instead is what to write for what people call a backend of this repository
// elsewhere. It is empty for other schemes.
func Instead(scheme string) string { return otherNames[scheme] }

var otherNames = map[string]string{ //nolint:gochecknoglobals,gosec // a constant list, without a credential
	"ssm": "aws-ps:", "parameterstore": "aws-ps:", "asm": "aws-sm:", "secretsmanager": "aws-sm:",
	"gsm": "gcp-sm:", "secretmanager": "gcp-sm:", "google": "gcp-sm:", "akv": "azure-kv:", "keyvault": "azure-kv:", "kv": "azure-kv: or vault:",
	"hcvault": "vault:", "hashivault": "vault:", "hashicorp": "vault:", "openbao": "vault:", "bao": "vault:",
	"k8s": "file: with the path of the mounted volume", "kubernetes": "file: with the path of the mounted volume", "secret": "file:, docker: or env:",
	"op": "exec: with op and its arguments", "onepassword": "exec: with op and its arguments", "bw": "exec: with bw and its arguments",
	"environment": "env:", "envvar": "env:", "envfile": "dotenv:", "dir": "file:", "folder": "file:", "swarm": "docker:", "credentials": "systemd:",
	"arn":   "aws-sm:// or aws-ps:// with the region; an ARN is the name to ask it for",
	"http":  "the scheme of the backend in place of http://, as in vault://127.0.0.1:8200/kv/?http=true",
	"https": "the scheme of the backend in place of https://, as in vault://vault.example.com/kv/ or azure-kv://my-vault",
}

// Home is the folder of the package that opens scheme, and empty for an unknown one.
//
// It is the one place where the root knows the names of backends, and only for a hint:
// what can be opened is what the program passed.
func Home(scheme string) string {
	switch scheme {
	case "env", "dotenv", "file", "docker", "systemd":
		return "providers/local"
	case "exec":
		return "providers/exec"
	case "aws-sm", "aws-ps":
		return "providers/aws"
	case "vault":
		return "providers/vault"
	case "gcp-sm":
		return "providers/gcp"
	case "azure-kv":
		return "providers/azure"
	case "age", "sops":
		return "providers/age"
	case "memory":
		return "testing/memory"
	}
	return ""
}

// Schemes are those of this repository, for "did you mean".
func Schemes() []string {
	return []string{
		"env", "dotenv", "file", "docker", "systemd", "exec", "aws-sm", "aws-ps", "vault", "gcp-sm", "azure-kv", "age", "sops",
	}
}
