package settings

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestSnake(t *testing.T) {
	for name, want := range map[string]string{
		"DBPassword": "db_password", "Port": "port", "APIKeyV2": "api_key_v2", "UserID": "user_id", "HTTPSPort": "https_port",
		"A": "a", "AB": "ab", "DB_Name": "db_name", "OAuth2Token": "oauth2_token", "Größe": "größe",
		"DBURLs": "db_urls", "IPv4Addr": "ipv4_addr", "URLsafe": "ur_lsafe", "UserIDs": "user_ids", "MyURLsAndIDs": "my_urls_and_ids", "GraphQLPath": "graphql_path",
	} {
		if got := snake(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

// Go ignores a tag without its quotes, and everything after it.
func TestMalformedTags(t *testing.T) {
	for tag, malformed := range map[reflect.StructTag]bool{
		`secret:v`: true, `json:"v" secret: "v"`: true, `desc:"x",default:"v"`: true, `secret:'v'`: true, `optional:true`: true, `secret:"v`: true,
		`secret:"v"`: false, `json:"v"  default:"secret:x"`: false, `xml:v`: false, `anything`: false, ``: false,
	} {
		errs := strayTags(reflect.StructField{Name: "V", Tag: tag}, "V")
		if got := strings.Contains(fmt.Sprint(errs), "malformed"); got != malformed {
			t.Errorf("%s: %v", tag, errs)
		}
	}
}
