package cli

import (
	"net"
	"net/url"
	"strings"

	"github.com/secretmux/secretmux"
)

// The rules about who can change a secret, and who can read it.

// notForProduction is L01.
func notForProduction(u *secretmux.URI) string {
	switch u.Scheme {
	case "dotenv":
		return "a .env file is for development"
	case "memory":
		return "memory: is for tests"
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
	return []hit{{link: 1, text: "env: is first and has no prefix=: whoever sets a variable replaces any secret"}}
}

// passesRevocation is L03.
func passesRevocation(u *secretmux.URI) string {
	on, _ := u.Param("on")
	for _, class := range classesOf(on) {
		switch class {
		case "denied", "unauthenticated", "disabled", "corrupt":
			return "on=" + class + ": what was revoked turns into an older value of the next link"
		}
	}
	return ""
}

// classesOf reads the list of on=, whose + a query decodes to a space.
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
	return "plain HTTP to another machine: everybody on the way reads the secrets"
}

// loopback says whether a host is this machine, without asking a resolver.
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
			problems = append(problems, "without perm=strict a file that others can read is accepted")
		}
		if dialect, _ := u.Param("dialect"); dialect == "godotenv" {
			problems = append(problems, "dialect=godotenv guesses what a line means")
		}
	}
	if isFile(u.Scheme) && u.Path != "" && !strings.HasPrefix(u.Path, "/") {
		problems = append(problems, "the path is relative: it depends on the folder of the process")
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
		return "deleted=absent: a secret that was deleted turns into that of the next link"
	}
	return ""
}
