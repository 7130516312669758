package cli

import (
	"slices"
	"strings"
)

// dangerous reports whether a variable can make a program load code, run another
// program or trust another party. --all and a file of --refs must not set such a
// variable, because the store or the file may come from a stranger.
func dangerous(name string) bool {
	upper := strings.ToUpper(name)
	return slices.Contains(dangerousNames(), upper) ||
		slices.ContainsFunc(dangerousPrefixes(), func(prefix string) bool { return strings.HasPrefix(upper, prefix) })
}

func dangerousPrefixes() []string {
	return []string{"LD_", "DYLD_", "BASH_FUNC_", "GIT_", "SSL_CERT_"}
}

func dangerousNames() []string {
	return []string{
		"PATH", "HOME", "SHELL", "IFS", "ENV", "BASH_ENV", "SHELLOPTS", "PS4", "PROMPT_COMMAND", "GCONV_PATH",
		"NODE_OPTIONS", "NODE_EXTRA_CA_CERTS",
		"PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONWARNINGS",
		"PERL5OPT", "PERL5LIB", "PERL5DB", "RUBYOPT", "RUBYLIB", "PHPRC",
		"_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH",
		"SSH_ASKPASS", "EDITOR", "VISUAL", "PAGER", "BROWSER", "LESSOPEN",
		"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "WINDIR", "USERPROFILE", "GODEBUG",
	}
}
