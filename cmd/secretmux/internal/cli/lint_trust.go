package cli

import (
	"net"
	"net/url"
	"strings"

	"github.com/secretmux/secretmux"
)

// The rules about who can change or read a secret.

// notForProduction is L01.
func notForProduction(u *secretmux.URI) string {
	switch u.Scheme {
	case "dotenv":
		return "a .env file is only for development"
	case "memory":
		return "memory: is only for tests"
	case "exec":
		return "exec: starts a program for each secret, and trusts what it prints"
	}
	return ""
}

// overridesAll is L02.
func overridesAll(_ *lintOptions, links []secretmux.ConfigLink) []hit {
	first := links[0].URI
	if len(links) == 1 || !ownEnvironment(first.String()) {
		return nil
	}
	return []hit{{link: 1, text: "env: is the first link and has no prefix=, so any variable of the process can replace a secret"}}
}

// passesRevocation is L03.
func passesRevocation(u *secretmux.URI) string {
	on, _ := u.Param("on")
	for _, class := range classesOf(on) {
		switch class {
		case "denied", "unauthenticated", "disabled", "corrupt":
			return "on=" + class + ": after a secret is revoked here, an older value of the next link is used"
		}
	}
	return ""
}

// classesOf reads the list of on=. A query decodes its + to a space.
func classesOf(on string) []string {
	return strings.FieldsFunc(on, func(r rune) bool { return r == ' ' || r == '+' })
}

// plainHTTP is L09.
func plainHTTP(u *secretmux.URI) string {
	host := u.Authority
	if plain, _ := u.Param("http"); plain != "true" {
		endpoint, _ := u.Param("endpoint")
		parsed, err := url.Parse(endpoint)
		if err != nil || parsed.Scheme != "http" {
			return ""
		}
		host = parsed.Host
	}
	if loopback(host) {
		return ""
	}
	return "plain HTTP to another machine: anyone on the network can read the secrets"
}

// loopback reports whether a host is this machine. It does not ask a resolver.
func loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// looseFile is L10.
func looseFile(u *secretmux.URI) string {
	var problems []string
	if u.Scheme == "dotenv" {
		if perm, _ := u.Param("perm"); perm != "strict" {
			problems = append(problems, "without perm=strict, a file that other users can read is accepted")
		}
		if dialect, _ := u.Param("dialect"); dialect == "godotenv" {
			problems = append(problems, "dialect=godotenv guesses the meaning of malformed lines")
		}
	}
	if isFile(u.Scheme) && u.Path != "" && !strings.HasPrefix(u.Path, "/") {
		problems = append(problems, "the path is relative, so it depends on the folder in which the process starts")
	}
	return strings.Join(problems, "; ")
}

func isFile(scheme string) bool {
	switch scheme {
	case "dotenv", "file", "docker", "age", "sops":
		return true
	}
	return false
}

// deletedIsAbsent is a part of L13.
func deletedIsAbsent(u *secretmux.URI) string {
	if deleted, _ := u.Param("deleted"); deleted == "absent" {
		return "deleted=absent: after a secret is deleted here, the secret of the next link is used"
	}
	return ""
}
