# cmake -D OUT=squeeze_dict.h -D DICT=squeeze.dict -P embed_dict.cmake
# Writes the bytes of the dictionary as a C array, for sync/squeeze.c alone to include.
file(READ ${DICT} bytes HEX)
string(REGEX REPLACE "(................................)" "\\1\n    " bytes "${bytes}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1, " bytes "${bytes}")
string(REPLACE ", \n" ",\n" bytes "${bytes}")
file(WRITE ${OUT} "/* Made by sync/embed_dict.cmake from sync/squeeze.dict. */\n"
                  "static const unsigned char squeeze_dict[] = {\n    ${bytes}\n};\n")
