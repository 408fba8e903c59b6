# cmake -D OUT=path/without/extension -D FILES=a.sql;b.sql -P embed_sql.cmake
# Writes OUT.h and OUT.c: for each NAME.sql a zero-terminated const char sql_NAME[] with its text.
set(header "/* Made by sync/embed_sql.cmake from sync/ *.sql. */\n#ifndef SYNC_SQL_H\n#define SYNC_SQL_H\n\n")
set(source "#include \"sync/sql.h\"\n")
foreach(file IN LISTS FILES)
    get_filename_component(name ${file} NAME_WE)
    string(MAKE_C_IDENTIFIER sql_${name} name)
    file(READ ${file} text)
    string(REPLACE "\\" "\\\\" text "${text}")
    string(REPLACE "\"" "\\\"" text "${text}")
    string(REPLACE "?" "\\?" text "${text}") # no trigraphs
    string(REPLACE "\n" "\\n\"\n    \"" text "${text}")
    string(APPEND header "extern const char ${name}[];\n")
    string(APPEND source "\nconst char ${name}[] =\n    \"${text}\";\n")
endforeach()
file(WRITE ${OUT}.h "${header}\n#endif\n")
file(WRITE ${OUT}.c "${source}")
