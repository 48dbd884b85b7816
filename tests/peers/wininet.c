/* Lets WinINet work, under Wine.
 *
 * wininet.exe fetch PROXY URL...   asks a proxy for each URL, with the cookies that belong there
 * wininet.exe set URL LINE...      sets cookies as a Set-Cookie each of that URL would, and prints whether it did
 */
#include <stdio.h>
#include <string.h>
#include <windows.h>
#include <wininet.h>

int main(int argc, char **argv)
{
    int i;

    if (argc > 3 && !strcmp(argv[1], "set")) {
        for (i = 3; i < argc; i++)
            printf("%d\n", InternetSetCookieExA(argv[2], NULL, argv[i], INTERNET_COOKIE_HTTPONLY, 0) != 0);
    }
    if (argc > 3 && !strcmp(argv[1], "fetch")) {
        HINTERNET internet = InternetOpenA("wininet.exe", INTERNET_OPEN_TYPE_PROXY, argv[2], NULL, 0);
        for (i = 3; i < argc; i++) {
            DWORD flags = INTERNET_FLAG_RELOAD | INTERNET_FLAG_NO_CACHE_WRITE;
            HINTERNET page = InternetOpenUrlA(internet, argv[i], NULL, 0, flags, 0);
            printf("%d\n", page != NULL);
            InternetCloseHandle(page);
        }
        InternetCloseHandle(internet);
    }
    return 0;
}
